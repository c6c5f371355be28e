"""0013 training in full: quizzes, conduct, the welcome call, sign-offs; what courses, sessions and certificates have more

Revision: 0013, after 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Step up."""
    op.create_table('conduct_versions',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('chapter_id', sa.String(length=43), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('text_es', sa.Text(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('author_id', sa.String(length=43), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('published_at', sa.BigInteger(), nullable=True),
    sa.Column('published_by', sa.String(length=43), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['people.id'], name=op.f('fk_conduct_versions_author_id_people')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters.id'], name=op.f('fk_conduct_versions_chapter_id_chapters')),
    sa.ForeignKeyConstraint(['published_by'], ['people.id'], name=op.f('fk_conduct_versions_published_by_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conduct_versions')),
    sa.UniqueConstraint('chapter_id', 'number', name=op.f('uq_conduct_versions_chapter_id_number'))
    )
    op.create_index(op.f('ix_conduct_versions_chapter_id'), 'conduct_versions', ['chapter_id'], unique=False)
    op.create_table('welcome_calls',
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('outcome', sa.String(length=8), nullable=False),
    sa.Column('by_id', sa.String(length=43), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("outcome IN ('called','skipped')", name=op.f('ck_welcome_calls_outcome_known')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_welcome_calls_by_id_people')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_welcome_calls_person_id_people')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_welcome_calls'))
    )
    op.create_table('conduct_accepted',
    sa.Column('version_id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_conduct_accepted_person_id_people')),
    sa.ForeignKeyConstraint(['version_id'], ['conduct_versions.id'], name=op.f('fk_conduct_accepted_version_id_conduct_versions')),
    sa.PrimaryKeyConstraint('version_id', 'person_id', name=op.f('pk_conduct_accepted'))
    )
    op.create_index(op.f('ix_conduct_accepted_person_id'), 'conduct_accepted', ['person_id'], unique=False)
    op.create_table('quiz_standings',
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('course_id', sa.String(length=40), nullable=False),
    sa.Column('passed_at', sa.BigInteger(), nullable=True),
    sa.Column('passed_number', sa.Integer(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_quiz_standings_course_id_courses')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_quiz_standings_person_id_people')),
    sa.PrimaryKeyConstraint('person_id', 'course_id', name=op.f('pk_quiz_standings'))
    )
    op.create_index(op.f('ix_quiz_standings_course_id'), 'quiz_standings', ['course_id'], unique=False)
    op.create_table('quiz_versions',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('course_id', sa.String(length=43), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('questions', sa.Text(), nullable=False),
    sa.Column('pass_mark', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('counts_from', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.String(length=43), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_quiz_versions_course_id_courses')),
    sa.ForeignKeyConstraint(['created_by'], ['people.id'], name=op.f('fk_quiz_versions_created_by_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_versions')),
    sa.UniqueConstraint('course_id', 'number', name=op.f('uq_quiz_versions_course_id_number'))
    )
    op.create_index(op.f('ix_quiz_versions_course_id'), 'quiz_versions', ['course_id'], unique=False)
    op.create_table('sign_offs',
    sa.Column('shift_id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('result', sa.String(length=8), nullable=False),
    sa.Column('codes', sa.Text(), nullable=False),
    sa.Column('by_id', sa.String(length=43), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("result IN ('signed','work')", name=op.f('ck_sign_offs_result_known')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_sign_offs_by_id_people')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sign_offs_person_id_people')),
    sa.ForeignKeyConstraint(['shift_id'], ['shifts.id'], name=op.f('fk_sign_offs_shift_id_shifts')),
    sa.PrimaryKeyConstraint('shift_id', 'person_id', name=op.f('pk_sign_offs'))
    )
    op.create_index(op.f('ix_sign_offs_person_id'), 'sign_offs', ['person_id'], unique=False)
    op.add_column('certificates', sa.Column('how', sa.String(length=10), server_default='session', nullable=False))
    op.add_column('certificates', sa.Column('warned', sa.Integer(), server_default='0', nullable=False))
    op.add_column('courses', sa.Column('materials', sa.Text(), server_default='[]', nullable=False))
    op.add_column('courses', sa.Column('renew_by', sa.Text(), server_default='[]', nullable=False))
    op.add_column('courses', sa.Column('renew_days', sa.Integer(), server_default='30', nullable=False))
    op.add_column('training_sessions', sa.Column('mode', sa.String(length=10), server_default='in_person', nullable=False))
    op.add_column('training_sessions', sa.Column('link', sa.String(length=400), server_default='', nullable=False))
    op.add_column('training_sessions', sa.Column('capacity', sa.Integer(), nullable=True))
    op.add_column('training_sessions', sa.Column('refresher', sa.Boolean(), server_default=sa.text('false'), nullable=False))


def downgrade() -> None:
    """Step down."""
    op.drop_column('training_sessions', 'refresher')
    op.drop_column('training_sessions', 'capacity')
    op.drop_column('training_sessions', 'link')
    op.drop_column('training_sessions', 'mode')
    op.drop_column('courses', 'renew_days')
    op.drop_column('courses', 'renew_by')
    op.drop_column('courses', 'materials')
    op.drop_column('certificates', 'warned')
    op.drop_column('certificates', 'how')
    op.drop_index(op.f('ix_sign_offs_person_id'), table_name='sign_offs')
    op.drop_table('sign_offs')
    op.drop_index(op.f('ix_quiz_versions_course_id'), table_name='quiz_versions')
    op.drop_table('quiz_versions')
    op.drop_index(op.f('ix_quiz_standings_course_id'), table_name='quiz_standings')
    op.drop_table('quiz_standings')
    op.drop_index(op.f('ix_conduct_accepted_person_id'), table_name='conduct_accepted')
    op.drop_table('conduct_accepted')
    op.drop_table('welcome_calls')
    op.drop_index(op.f('ix_conduct_versions_chapter_id'), table_name='conduct_versions')
    op.drop_table('conduct_versions')
