"""Courses, their sessions, who came, and the certificates that follow: one file a subject."""

from __future__ import annotations

from fieldapp.training.models.certificate import Certificate, Grade
from fieldapp.training.models.course import Attendance, Course, TrainingSession

__all__ = ["Attendance", "Certificate", "Course", "Grade", "TrainingSession"]
