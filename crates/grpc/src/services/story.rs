//! Implements `AuditService.Story`: returns the events that concern a body or an instrument, and
//! the answers that each event changed.

use remit_domain::Position;
use remit_register::{Register, StoryAbout};
use remit_shape::{Recorded, event_type};
use tonic::Status;

use super::stretch::{Told, shown};
use super::{Api, Page, Paged};
use crate::fields::{AskedKnown, Fields};
use crate::{pb, render};

/// The maximum number of events in one page of a story.
const STORY_MAX: usize = 100;

fn parse_about(fields: &mut Fields, text: &str) -> Option<StoryAbout> {
    match text.parse() {
        Ok(code) => Some(StoryAbout::Body(code)),
        Err(_) => fields.parse("about", text).map(StoryAbout::Instrument),
    }
}

impl Api {
    pub(super) async fn story_of(
        &self,
        request: pb::StoryRequest,
        wait: std::time::Duration,
    ) -> Result<pb::StoryResponse, Status> {
        let mut fields = Fields::default();
        let about = parse_about(&mut fields, &request.about);
        let since = match &request.since {
            None => Some(AskedKnown::Position(Position::ZERO)),
            some => fields.known(some.as_ref()),
        };
        let until = fields.known(request.until.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let question = (&request.about, &request.since);
        let token = (request.page_size, request.page_token.as_str());
        let page = Page::parse(&mut fields, until, token, &question, STORY_MAX);
        let (about, since, Paged { page, known: until }, at_least) =
            fields.finish(|| Some((about?, since?, page?, at_least?)))?;
        self.reach(at_least, wait).await?;
        let told = self
            .stretch((since, until), &page, |register, recorded| told(register, &about, recorded));
        let told = told.await?;
        Ok(pb::StoryResponse {
            events: told.events,
            next_page_token: told.next_page_token,
            known_at: Some(told.known_at),
        })
    }
}

impl Told for pb::StoryEvent {
    fn changes(&self) -> &[pb::Change] {
        &self.changes
    }
}

/// Converts an event to a `StoryEvent` message. Returns `None` if the event does not concern the
/// body or instrument `about`.
fn told(register: &Register, about: &StoryAbout, recorded: &Recorded) -> Option<pb::StoryEvent> {
    let (position, event) = (recorded.position, &recorded.event);
    let changes = register.story_of(about, position, event)?;
    let (changes, changes_left_out) = shown(register, &changes);
    let correction = event.fact.correction();
    Some(pb::StoryEvent {
        recorded: Some(render::known(register.known_at(position))),
        event_type: event_type(event),
        subject: event.fact.subject(),
        effective_on: event.fact.effective_on().map(render::date),
        correction: correction.map(|c| render::word(c.kind)).unwrap_or_default(),
        corrects: correction.and_then(|c| c.about).unwrap_or_default().get(),
        changes,
        changes_left_out,
        evidence: Some(render::evidence(&event.evidence)),
    })
}
