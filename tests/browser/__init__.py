"""Tests in a real Chromium against the real server and worker."""
