"""Addresses of the pages of exchanges."""

from django.urls import path

from exchanges.web import compose, lookouts, threads

urlpatterns = [
    path("cases/<uuid:ref>/warn/", compose.warn, name="case_warn"),
    path("messages/", threads.inbox, name="messages"),
    path("messages/ask/", threads.ask, name="message_ask"),
    path("messages/notice/<uuid:ref>/", threads.notice, name="seizure_notice"),
    path("messages/<uuid:ref>/", threads.thread, name="thread"),
    path("messages/<uuid:ref>/change/", compose.change, name="warning_change"),
    path("messages/<uuid:ref>/send/", threads.send, name="warning_send"),
    path("messages/<uuid:ref>/discard/", threads.discard, name="warning_discard"),
    path("messages/<uuid:ref>/recall/", threads.recall, name="warning_recall"),
    path("messages/<uuid:ref>/acknowledge/", threads.acknowledge, name="warning_acknowledge"),
    path("messages/<uuid:ref>/lookouts/", lookouts.make, name="warning_lookouts"),
    path("messages/<uuid:ref>/feedback/", threads.feedback, name="warning_feedback"),
    path("messages/<uuid:ref>/write/", threads.write, name="thread_write"),
]
