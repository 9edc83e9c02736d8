"""Along with the class: a room that a lecturer opens, the link that all see, who follows, votes and offered views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.classroom.admission import ANYONE as ANYONE
    from trainers.classroom.admission import OPENERS as OPENERS
    from trainers.classroom.admission import may_open as may_open
    from trainers.classroom.admission import openers as openers
    from trainers.classroom.codes import LETTERS as LETTERS
    from trainers.classroom.codes import code_of as code_of
    from trainers.classroom.error import ClassError as ClassError
    from trainers.classroom.error import Full as Full
    from trainers.classroom.error import NoRoom as NoRoom
    from trainers.classroom.error import NotYourRoom as NotYourRoom
    from trainers.classroom.links import Link as Link
    from trainers.classroom.links import checked_link as checked_link
    from trainers.classroom.posts import follower_of as follower_of
    from trainers.classroom.posts import read_post as read_post
    from trainers.classroom.rooms import AWAY_SECONDS as AWAY_SECONDS
    from trainers.classroom.rooms import MAX_FOLLOWERS as MAX_FOLLOWERS
    from trainers.classroom.rooms import Rooms as Rooms
    from trainers.classroom.state import RoomState as RoomState
    from trainers.classroom.votes import Vote as Vote
    from trainers.classroom.votes import checked_vote as checked_vote

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "admission": {
            "ANYONE": "The setting by which everybody may open a room.",
            "OPENERS": "The variable that says who may open a room.",
            "may_open": "Whether somebody with this word may open a room.",
            "openers": "Who may open a room here.",
        },
        "codes": {
            "LETTERS": "The letters that a code is made of.",
            "code_of": "The code that somebody has typed; empty where it can be none.",
        },
        "error": {
            "ClassError": "What a class was asked for is not allowed; the message is a sentence.",
            "Full": "There are as many rooms, followers or offers as there may be.",
            "NoRoom": "There is no room of that code, or it was closed.",
            "NotYourRoom": "Only who opened the room may do that.",
        },
        "links": {
            "Link": "A page of the lab and its parameters.",
            "checked_link": "A link that somebody has sent, within bounds.",
        },
        "posts": {
            "follower_of": "The id by which a follower is known for the hour.",
            "read_post": "What was sent to a room: one object of JSON.",
        },
        "rooms": {
            "AWAY_SECONDS": "Who was not heard of for so long has left.",
            "MAX_FOLLOWERS": "The most that follow one room.",
            "Rooms": "The rooms in a store.",
        },
        "state": {
            "RoomState": "What a room shows, and how many see it.",
        },
        "votes": {
            "Vote": "A question to the class, with choices or for a number.",
            "checked_vote": "A vote that a lecturer has sent, within bounds.",
        },
    },
)
