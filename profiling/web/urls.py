"""Addresses of the pages."""

from django.urls import path

from profiling.web import (
    backtests,
    capacity,
    cases,
    consignments,
    equipment,
    indicators,
    ledger,
    lookout_import,
    lookouts,
    note_boxes,
    note_templates,
    overdue,
    papers,
    parties,
    queue,
    reference,
    releases,
    rule_drafts,
    rule_edit,
    rule_lists,
    rule_preview,
    rules,
    submissions,
    table_mapping,
    train_lists,
)

# Triage. The address of a case carries the queue's filters, so that the way back and on is the way one came.
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("queue/fresh/", queue.fresh, name="queue_fresh"),
    path("cases/overdue/", overdue.overdue_list, name="overdue"),
    path("cases/<uuid:ref>/", cases.case, name="case"),
    path("cases/<uuid:ref>/preview/", queue.preview, name="case_preview"),
    path("cases/<uuid:ref>/unfired/", cases.unfired, name="case_unfired"),
    path("cases/<uuid:ref>/claim/", cases.claim, name="case_claim"),
    path("cases/<uuid:ref>/give-back/", cases.give_back, name="case_give_back"),
    path("cases/<uuid:ref>/take-over/", cases.take_over, name="case_take_over"),
    path("cases/<uuid:ref>/comment/", cases.comment, name="case_comment"),
    path("cases/<uuid:ref>/decide/", cases.decide, name="case_decide"),
    path("cases/<uuid:ref>/never-arrived/", cases.never_arrived, name="case_never_arrived"),
    path("cases/<uuid:ref>/holds/", cases.hold, name="case_hold"),
    path("cases/<uuid:ref>/holds/<uuid:hold>/lift/", cases.lift, name="case_lift"),
]

# What the rules brought
urlpatterns += [
    path("rules/", ledger.rule_ledger, name="rule_ledger"),
    path("rules/preview/", rule_preview.rule_preview, name="rule_preview"),
    path("rules/backtests/", backtests.backtest_list, name="backtests"),
    path("rules/backtests/<uuid:ref>/", backtests.backtest_kept, name="backtest_kept"),
    path("rules/releases/<uuid:ref>/backtest/", backtests.backtest, name="backtest"),
    path("rules/releases/<uuid:ref>/backtest/keep/", backtests.backtest_keep, name="backtest_keep"),
    path("rules/releases/<uuid:ref>/backtest.<slug:kind>", backtests.backtest_file, name="backtest_file"),
    path("rules/indicators/", indicators.indicators, name="indicators"),
    path("rules/indicators/<str:kind>/", indicators.indicators_file, name="indicators_file"),
    path("rules/lists/", rule_lists.list_of_lists, name="rule_lists"),
    path("rules/lists/new/", rule_lists.new_list, name="named_list_new"),
    path("rules/lists/<uuid:ref>/", rule_lists.named_list, name="named_list"),
    path("rules/lists/<uuid:ref>/<slug:kind>/", rule_lists.named_list_file, name="named_list_file"),
    path("rules/<str:code>/cases/", ledger.rule_cases, name="rule_cases"),
]

# What officers ask of rules, and how many hands there are
urlpatterns += [
    path("rules/capacity/", capacity.capacity_page, name="capacity"),
    path("rules/of/<slug:unit>/<str:code>/tuning/", ledger.answer_tuning, name="rule_tuning"),
    path("cases/<uuid:ref>/tuning/", cases.tuning_asked, name="case_tuning"),
]

# The life of rules and releases
urlpatterns += [
    path("rules/all/", rules.rule_list, name="rule_list"),
    path("rules/to-approve/", rules.to_approve, name="rule_proposals"),
    path("rules/drafts/", rule_drafts.draft_list, name="rule_drafts"),
    path("rules/drafts/new/", rule_drafts.new_draft, name="rule_draft_new"),
    path("rules/drafts/import/", rule_drafts.import_rule, name="rule_import"),
    path("rules/drafts/<uuid:ref>/", rule_drafts.draft, name="rule_draft"),
    path("rules/drafts/<uuid:ref>/edit/", rule_edit.rule_edit, name="rule_edit"),
    path("rules/drafts/<uuid:ref>/act/", rule_drafts.draft_act, name="rule_draft_act"),
    path("rules/shadow/", releases.shadow_list, name="shadow_releases"),
    path("rules/releases/", releases.release_list, name="releases"),
    path("rules/releases/new/", releases.new_release, name="release_new"),
    path("rules/releases/<uuid:ref>/", releases.release, name="release"),
    path("rules/releases/<uuid:ref>/act/", releases.release_act, name="release_act"),
    path("rules/of/<slug:unit>/<str:code>/", rules.rule, name="rule"),
    path("rules/of/<slug:unit>/<str:code>/life/", rules.rule_life, name="rule_life"),
    path("rules/of/<slug:unit>/<str:code>/draft/", rules.rule_draft_from, name="rule_draft_from"),
    path("rules/of/<slug:unit>/<str:code>/export/", rules.export, name="rule_export"),
    path("rules/of/<slug:unit>/<str:code>/<int:number>/", rules.version, name="rule_version"),
    path("rules/of/<slug:unit>/<str:code>/<int:number>/decide/", rules.decide, name="rule_decide"),
]

# Intake, cargo and parties
urlpatterns += [
    path("submissions/", submissions.submission_list, name="submissions"),
    path("submissions/upload/", submissions.upload, name="upload"),
    path("submissions/<uuid:ref>/", submissions.submission, name="submission"),
    path("submissions/<uuid:ref>/original/", submissions.original, name="submission_original"),
    path("submissions/<uuid:ref>/retry/", submissions.retry, name="submission_retry"),
    path("submissions/<uuid:ref>/train-list/", train_lists.train_check, name="train_check"),
    path("submissions/<uuid:ref>/mapping/", table_mapping.column_mapping, name="column_mapping"),
    path("templates/train-list.xlsx", train_lists.train_list_template, name="train_list_template"),
    path("templates/", note_templates.template_list, name="note_templates"),
    path("templates/<slug:code>.<slug:form>", note_templates.template_file, name="note_template"),
    path("schemas/pcu-note-1.json", note_templates.note_schema, name="note_schema"),
    path("templates/<slug:code>/", note_boxes.note_boxes, name="note_boxes"),
    path("schemas/pcu-manifest-1.json", submissions.manifest_schema, name="manifest_schema"),
    path("consignments/", consignments.consignment_list, name="consignments"),
    path("consignments/<uuid:ref>/", consignments.consignment, name="consignment"),
    path("equipment/<uuid:ref>/", equipment.visit, name="visit"),
    path("parties/<uuid:ref>/", parties.party, name="party"),
]

# Code lists and rates
urlpatterns += [
    path("reference/", reference.reference, name="reference"),
]

# Lookouts
urlpatterns += [
    path("lookouts/", lookouts.lookout_list, name="lookouts"),
    path("lookouts/new/", lookouts.place, name="lookout_new"),
    path("lookouts/import/", lookout_import.import_lookouts, name="lookout_import"),
    path("lookouts/preview/", lookouts.preview, name="lookout_preview"),
    path("lookouts/seen/", lookouts.seen, name="lookouts_seen"),
    path("lookouts/<uuid:ref>/", lookouts.lookout, name="lookout"),
    path("lookouts/<uuid:ref>/renew/", lookouts.renew, name="lookout_renew"),
    path("lookouts/<uuid:ref>/withdraw/", lookouts.withdraw, name="lookout_withdraw"),
    path("lookouts/<uuid:ref>/search/", lookouts.search, name="lookout_search"),
]

# Documents beside consignments
urlpatterns += [
    path("documents/", papers.unmatched, name="papers"),
    path("documents/upload/", papers.add, name="paper_upload"),
    path("documents/rematch/", papers.rematch, name="papers_rematch"),
    path("documents/<uuid:ref>/", papers.paper, name="paper"),
    path("documents/<uuid:ref>/attach/", papers.attach, name="paper_attach"),
    path("documents/<uuid:ref>/detach/", papers.detach, name="paper_detach"),
    path("documents/<uuid:ref>/again/", papers.look_again, name="paper_again"),
    path("documents/<uuid:ref>/file/", papers.file, name="paper_file"),
    path("documents/<uuid:ref>/pages/<int:number>/", papers.page_image, name="paper_page"),
    path("consignments/<uuid:ref>/documents/", papers.add, name="consignment_papers"),
]
