"""Posts: each step is possible where the table says so, and what everyone can read follows from the steps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.profiles.organisations.profile import words_of
from services.profiles.posts.domain import (
    STEPS,
    Post,
    PostBody,
    PostContent,
    PostStage,
    Publication,
    WrongStage,
    allows,
    next_stage,
)
from shared.errors import Invalid

NOW = datetime(2016, 5, 9, 9, tzinfo=UTC)
BODY = PostBody(organisation_id="ours", title="We met in Osaka", text="Zürich came, too.")


class OnePost(RuleBasedStateMachine):
    """One post, with steps in any order; the model is the set of steps that were possible."""

    def __init__(self) -> None:
        super().__init__()
        self.post, self.now = Post.draft("p", BODY, "Harbour Cluster"), NOW
        self.was_public = self.is_over = False

    def attempt(self, step: str, do) -> None:
        if allows(self.post.stage, step):
            self.post = do()
        else:
            with pytest.raises(WrongStage):
                do()

    @rule(minutes=st.integers(1, 600))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(title=st.sampled_from(["First title", "Second title"]))
    def change(self, title: str) -> None:
        self.attempt("change", lambda: self.post.changed(PostContent(title=title), self.now))

    @rule(minutes=st.integers(1, 600))
    def schedule(self, minutes: int) -> None:
        self.attempt("schedule", lambda: self.post.scheduled(self.now + timedelta(minutes=minutes)))

    @rule()
    def publish(self) -> None:
        self.attempt("publish", lambda: self.post.published(self.now))
        self.was_public = self.was_public or self.post.is_public

    @rule()
    def withdraw(self) -> None:
        self.is_over = self.is_over or self.post.stage is PostStage.PUBLISHED
        self.attempt("withdraw", self.post.withdrawn)

    @rule()
    def delete(self) -> None:
        self.attempt("delete", lambda: [self.post.check_deletable(), self.post][1])

    @invariant()
    def everyone_reads_it_from_its_publication_to_its_withdrawal(self) -> None:
        assert self.post.is_public == (self.was_public and not self.is_over)
        assert (self.post.published_at is not None) == self.was_public

    @invariant()
    def only_a_scheduled_post_has_a_time_to_come(self) -> None:
        assert (self.post.publish_at is not None) == (self.post.stage is PostStage.SCHEDULED)

    @invariant()
    def a_post_that_was_public_is_never_a_draft_again(self) -> None:
        assert not (self.was_public and allows(self.post.stage, "delete"))


TestOnePost = OnePost.TestCase


@given(st.sampled_from(PostStage), st.sampled_from(sorted(STEPS)))
def test_a_step_is_possible_from_the_table_and_from_no_other_stage(stage: PostStage, step: str) -> None:
    if stage in STEPS[step]:
        assert next_stage(stage, step) is STEPS[step][stage]
    else:
        with pytest.raises(WrongStage, match=stage):
            next_stage(stage, step)


def test_a_time_that_has_passed_is_refused() -> None:
    Publication().check(NOW)
    Publication(publish_at=NOW + timedelta(seconds=1)).check(NOW)
    with pytest.raises(Invalid):
        Publication(publish_at=NOW).check(NOW)


def test_searches_find_words_without_accents_and_by_their_stem() -> None:
    assert {"zurich", "clusters", "cluster"} <= {*words_of("Clusters of Zürich")}
