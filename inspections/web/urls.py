"""Addresses of the pages of inspections."""

from django.urls import URLPattern, path

from inspections.web import review, seizure_parts, seizures, statistics, submit, word_lists

urlpatterns: list[URLPattern] = [
    path("inspections/<uuid:ref>/submit/", submit.submit, name="inspection_submit"),
    path("inspections/<uuid:ref>/amend/", submit.amend, name="inspection_amend"),
    path("review/", review.queue, name="review"),
    path("review/<uuid:ref>/", review.report, name="review_report"),
    path("review/<uuid:ref>/approve/", review.approve, name="review_approve"),
    path("review/<uuid:ref>/return/", review.send_back, name="review_return"),
    path("review/<uuid:ref>/photos/<uuid:photo>/", review.photo, name="review_photo"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/<str:kind>/", statistics.statistics_file, name="statistics_file"),
    path("seizures/", seizures.seizure_list, name="seizures"),
    path("seizures/samples/", seizures.samples_due, name="samples_due"),
    path("seizures/lists/", word_lists.word_lists, name="word_lists"),
    path("seizures/lists/add/", word_lists.add_word, name="word_add"),
    path("seizures/lists/<uuid:word>/", word_lists.change_word, name="word_change"),
    path("inspections/lines/<uuid:line>/seizures/new/", seizures.new_seizure, name="seizure_new"),
    path("seizures/<uuid:ref>/", seizures.seizure, name="seizure"),
    path("seizures/<uuid:ref>/protocol/", seizures.protocol, name="seizure_protocol"),
    path("seizures/<uuid:ref>/remove/", seizure_parts.remove, name="seizure_remove"),
    path("seizures/<uuid:ref>/disposal/", seizure_parts.disposal, name="seizure_disposal"),
    path("seizures/<uuid:ref>/links/", seizure_parts.add_link, name="seizure_link"),
    path("seizures/<uuid:ref>/links/<uuid:link>/remove/", seizure_parts.remove_link, name="seizure_unlink"),
    path("seizures/<uuid:ref>/samples/", seizure_parts.add_sample, name="seizure_sample"),
    path("seizures/<uuid:ref>/samples/<uuid:sample>/remove/", seizure_parts.remove_sample, name="sample_remove"),
    path("seizures/<uuid:ref>/samples/<uuid:sample>/result/", seizure_parts.record_result, name="sample_result"),
    path("seizures/<uuid:ref>/handovers/", seizure_parts.hand_over, name="seizure_handover"),
    path("seizures/<uuid:ref>/handovers/<uuid:handover>/sign/", seizure_parts.sign, name="handover_sign"),
]
