"""Builds the app and hands its Celery to the worker and the beat; nothing else."""

from calakan.app import create_app

app = create_app().extensions["celery"]
