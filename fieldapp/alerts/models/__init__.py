"""Alerts, the response to them, what is sealed for it, who was told and by which delivery, push subscriptions, and who is on duty."""

from fieldapp.alerts.models.alert import WORD, Alert, AlertEvent
from fieldapp.alerts.models.dispatch import AlertDetail, DispatchBox, DispatchGrant, DispatchReader
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
    "AlertDetail",
    "AlertEvent",
    "AlertSend",
    "Delivery",
    "DispatchBox",
    "DispatchGrant",
    "DispatchReader",
    "Duty",
    "Notice",
    "PushSubscription",
    "Quiet",
    "SendingStop",
]
