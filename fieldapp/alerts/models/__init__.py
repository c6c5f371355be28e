"""Alerts, the response to them, who was told and by which delivery, push subscriptions, and who is on duty."""

from fieldapp.alerts.models.alert import WORD, Alert, AlertEvent
from fieldapp.alerts.models.duty import Duty, Quiet
from fieldapp.alerts.models.push import ALERT, BROADCAST, MESSAGE, URGENT, Delivery, Notice, PushSubscription
from fieldapp.alerts.models.response import AlertAsk, AlertSend, SendingStop

__all__ = [
    "ALERT",
    "BROADCAST",
    "MESSAGE",
    "URGENT",
    "WORD",
    "Alert",
    "AlertAsk",
    "AlertEvent",
    "AlertSend",
    "Delivery",
    "Duty",
    "Notice",
    "PushSubscription",
    "Quiet",
    "SendingStop",
]
