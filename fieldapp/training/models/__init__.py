"""Courses, their sessions, quizzes, who came, and the certificates that follow; conduct and the welcome call: one file a subject."""

from __future__ import annotations

from fieldapp.training.models.certificate import Certificate, Grade
from fieldapp.training.models.conduct import ConductAccepted, ConductVersion
from fieldapp.training.models.course import Attendance, Course, TrainingSession
from fieldapp.training.models.quiz import QuizStanding, QuizVersion
from fieldapp.training.models.welcome import WelcomeCall

__all__ = [
    "Attendance",
    "Certificate",
    "ConductAccepted",
    "ConductVersion",
    "Course",
    "Grade",
    "QuizStanding",
    "QuizVersion",
    "TrainingSession",
    "WelcomeCall",
]
