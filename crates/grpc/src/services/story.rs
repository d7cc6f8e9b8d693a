//! `AuditService.Story`: what became of a body or an instrument, event by event.

use remit_domain::{BodyCode, Fact, InstrumentId, Position};
use remit_register::{Answer, Change, Filter, Place, Register};
use remit_shape::{Recorded, event_type};
use tonic::Status;

use super::stretch::{Told, shown};
use super::{Api, Page, Paged};
use crate::fields::{AskedKnown, Fields};
use crate::{pb, render};

/// Events on one page.
const STORY_MAX: usize = 100;

/// What a story is about.
#[derive(Debug)]
enum About {
    Body(BodyCode),
    Instrument(InstrumentId),
}

impl About {
    fn parse(fields: &mut Fields, text: &str) -> Option<(Self, Filter)> {
        let (about, key) = match text.parse() {
            Ok(code) => (Self::Body(code), "body"),
            Err(_) => (Self::Instrument(fields.parse("about", text)?), "instrument"),
        };
        let filter = fields.filter(&format!("{key}={text}"))?;
        Some((about, filter))
    }

    /// Whether a change is part of the story.
    fn concerns(&self, change: &Change<'_>) -> bool {
        let sides = [&change.before, &change.after];
        let mut sides = sides.into_iter().flatten();
        match self {
            Self::Body(code) => {
                let asked_there = match &change.place {
                    Place::Body(place) => place == code,
                    Place::Contract(contract) => contract.practice() == Some(*code),
                };
                asked_there || sides.any(|answer| names_body(answer, *code))
            }
            Self::Instrument(id) => sides.any(|answer| names_instrument(answer, id)),
        }
    }
}

fn names_body(answer: &Answer<'_>, code: BodyCode) -> bool {
    answer.holder == Some(code)
        || answer.exercisers.contains(&code)
        || answer.liable.bodies.contains(&code)
}

fn names_instrument(answer: &Answer<'_>, id: &InstrumentId) -> bool {
    let named = answer.instruments().iter().chain(answer.links());
    let mut named = named.chain(answer.predecessor_instruments());
    named.any(|named| *named == id)
        || answer.known_unapplied.iter().any(|unapplied| unapplied.instrument == Some(id))
}

impl Api {
    pub(super) async fn story_of(
        &self,
        request: pb::StoryRequest,
        wait: std::time::Duration,
    ) -> Result<pb::StoryResponse, Status> {
        let mut fields = Fields::default();
        let about = About::parse(&mut fields, &request.about);
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

/// An event as part of a story; `None` where it is not.
fn told(
    register: &Register,
    (about, filter): &(About, Filter),
    recorded: &Recorded,
) -> Option<pb::StoryEvent> {
    let position = recorded.position;
    if !filter.passes(register, position, &recorded.event) {
        return None;
    }
    let fact = &recorded.event.fact;
    let correction = if let Fact::Corrected(correction) = fact { Some(correction) } else { None };
    let mut changes = register.changes(position.prev(), position, (None, None));
    changes.retain(|change| about.concerns(change));
    let (changes, changes_left_out) = shown(register, &changes);
    Some(pb::StoryEvent {
        recorded: Some(render::known(register.known_at(position))),
        event_type: event_type(&recorded.event),
        subject: fact.subject(),
        effective_on: fact.effective_on().map(render::date),
        correction: correction.map(|c| render::word(c.kind)).unwrap_or_default(),
        corrects: correction.and_then(|c| c.about).unwrap_or_default().get(),
        changes,
        changes_left_out,
        evidence: Some(render::evidence(&recorded.event.evidence)),
    })
}
