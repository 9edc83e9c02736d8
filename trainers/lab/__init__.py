"""The lab: runs are started, steered and watched here, and trained in processes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.lab.error import LabError as LabError
    from trainers.lab.feed import Feed as Feed
    from trainers.lab.feed import new_findings as new_findings
    from trainers.lab.feed import watch as watch
    from trainers.lab.jobs.ensembling import remembered_ensemble as remembered_ensemble
    from trainers.lab.jobs.rate_finding import rates_over as rates_over
    from trainers.lab.jobs.rate_finding import remembered_rates as remembered_rates
    from trainers.lab.jobs.studying import studied as studied
    from trainers.lab.jobs.surface_making import drawn_surface as drawn_surface
    from trainers.lab.jobs.surface_making import shown_surface as shown_surface
    from trainers.lab.jobs.surface_making import surface_request as surface_request
    from trainers.lab.jobs.transferring import shown_study as shown_study
    from trainers.lab.jobs.transferring import study_job as study_job
    from trainers.lab.jobs.transferring import why_no_study as why_no_study
    from trainers.lab.jobs.transferring import why_no_task as why_no_task
    from trainers.lab.lab import Lab as Lab
    from trainers.lab.lab import the_lab as the_lab
    from trainers.lab.ownership import TEACHER as TEACHER
    from trainers.lab.ownership import is_teachers as is_teachers
    from trainers.lab.ownership import not_yours as not_yours
    from trainers.lab.ownership import owner_of as owner_of
    from trainers.lab.ownership import teacher_is_known as teacher_is_known
    from trainers.lab.sizes import search_ends as search_ends
    from trainers.lab.sizes import setting_over as setting_over
    from trainers.lab.supervisor import CALM_SECONDS as CALM_SECONDS
    from trainers.lab.varying.search import search_over as search_over

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "jobs.ensembling": {
            "remembered_ensemble": "What these very runs have said together; None where nobody has asked yet.",
        },
        "error": {
            "LabError": "What was asked for cannot be done; the message is a sentence for the user.",
        },
        "feed": {
            "Feed": "One moment of a run.",
            "new_findings": "The findings on all that a run has reported, where they are others by now.",
            "watch": "The run as it is now; None where there is no such run.",
        },
        "lab": {
            "Lab": "Safe to share between threads.",
            "the_lab": "The one lab of this process, made at its first use.",
        },
        "jobs.rate_finding": {
            "rates_over": "The setting that makes a search for a rate larger than this server takes, and why.",
            "remembered_rates": "What has been found for this very request; None where nobody has asked for it.",
        },
        "ownership": {
            "TEACHER": "Who may change everything.",
            "is_teachers": "Whether this is the teacher's word.",
            "not_yours": "Why somebody may not change this, in a sentence; empty where he may.",
            "owner_of": "The part of a visitor that stays the same wherever his browser is.",
            "teacher_is_known": "Whether the server has a word for its teacher.",
        },
        "jobs.studying": {
            "studied": "The cells of a study that are known, by whomever they were asked for.",
        },
        "jobs.surface_making": {
            "drawn_surface": "What was drawn for this very request; None where nobody has asked for it.",
            "shown_surface": "What a job has drawn so far.",
            "surface_request": "A request for the weights that these runs ended with.",
        },
        "jobs.transferring": {
            "shown_study": "What a job has come to so far.",
            "study_job": "The job that this very request has, or had; None where nobody has asked for it.",
            "why_no_study": "Why what a study begins with is not there, or does not fit its task.",
            "why_no_task": "Why a run's network cannot learn the second task of a pair.",
        },
        "sizes": {
            "search_ends": "After how long this server ends any search, in a sentence; empty where it does not.",
            "setting_over": "The setting that makes a run larger than this server takes, and why.",
        },
        "varying.search": {
            "search_over": "The setting that makes a search larger than this server takes, and why.",
        },
        "supervisor": {
            "CALM_SECONDS": "A job that has just begun has the machine to itself before the next worker is made ready.",
        },
    },
)
