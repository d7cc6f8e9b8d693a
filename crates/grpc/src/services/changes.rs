//! Implements `Diff`, `Coverage` and `ListRetroactive`: which answers changed, and where a function
//! is not held by exactly one body.

use remit_domain::{CorrectionKind, Day, FunctionCode, Period, Position};
use remit_register::{Place, Point, Register, Scope};
use remit_shape::{Recorded, event_type};
use tonic::Status;

use super::stretch::{Told, shown};
use super::{Api, PAGE_MAX, Page, Paged, count, resolve};
use crate::fields::{AskedKnown, Fields};
use crate::{pb, render, status};

/// The maximum number of events in one page of `ListRetroactive`.
const RETROACTIVE_MAX: usize = 50;

impl Fields {
    fn point(&mut self, field: &str, point: Option<&pb::Point>) -> Option<(Day, AskedKnown)> {
        let Some(point) = point else {
            self.bad(field, "is required");
            return None;
        };
        self.within(field, |fields| {
            let day = fields.day("effective_on", point.effective_on);
            let known = fields.known(point.known_at.as_ref());
            Some((day?, known?))
        })
    }
}

impl Api {
    pub(super) async fn diff_of(
        &self,
        request: pb::DiffRequest,
        wait: std::time::Duration,
    ) -> Result<pb::DiffResponse, Status> {
        let mut fields = Fields::default();
        let from = fields.point("from", request.from.as_ref());
        let to = fields.point("to", request.to.as_ref());
        let function = fields.value::<Option<FunctionCode>>("function", &request.function);
        let place = match request.place.as_str() {
            "" => Some(None),
            text => fields.place("place", text).map(Some),
        };
        let answers_on = match request.answers_on {
            Some(day) => fields.day("answers_on", Some(day)).map(Some),
            None => Some(None),
        };
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let question = (&from, to.map(|(day, _)| day), &function, &place, answers_on);
        let asked = to.map(|(_, known)| known);
        let token = (request.page_size, request.page_token.as_str());
        let page = Page::parse(&mut fields, asked, token, &question, PAGE_MAX);
        let (from, to, scope, answers_on, at_least, page) = fields.finish(|| {
            let scope = Scope { function: function?, place: place? };
            Some((from?, to?, scope, answers_on?, at_least?, page?))
        })?;
        let Paged { page, known: to_known } = page;
        self.reach(at_least, wait).await?;
        self.node.view(|register, head| {
            let from_known = resolve(register, from.1, head, "from.known_at.position")?;
            let to_known = resolve(register, to_known, head, "to.known_at.position")?;
            let points = [from_known, to_known];
            if let Some(function) = &scope.function
                && !points.iter().any(|at| register.function_codes(*at).contains(function))
            {
                let message =
                    format!("the register has no function {function} at the position asked about");
                return Err(status::not_found(message));
            }
            if let Some(Place::Body(code)) = &scope.place
                && !points.iter().any(|at| register.knows_body(*code, *at))
            {
                return Err(status::not_found(format!(
                    "the register has no place {code} at the position asked about"
                )));
            }
            let from = Point { effective_on: from.0, known_at: from_known };
            let to = Point { effective_on: to.0, known_at: to_known };
            let changes = register.diff((from, to), answers_on, &scope);
            let total_size = count(changes.len());
            let (changes, next_page_token) = page.cut(changes, to_known);
            Ok(pb::DiffResponse {
                changes: changes.iter().map(|change| render::change(register, change)).collect(),
                next_page_token,
                total_size,
                from: Some(render::known(register.known_at(from_known))),
                to: Some(render::known(register.known_at(to_known))),
            })
        })
    }

    pub(super) async fn coverage_of(
        &self,
        request: pb::CoverageRequest,
        wait: std::time::Duration,
    ) -> Result<pb::CoverageResponse, Status> {
        let mut fields = Fields::default();
        let function = fields.value::<Option<FunctionCode>>("function", &request.function);
        let over = match (request.effective, request.effective_on) {
            (Some(_), None) => fields.period("effective", request.effective),
            (None, Some(_)) => {
                fields.day("effective_on", request.effective_on).map(Period::one_day)
            }
            _ => {
                fields.bad("effective", "give exactly one of effective and effective_on");
                None
            }
        };
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let token = (request.page_size, request.page_token.as_str());
        let page = Page::parse(&mut fields, known, token, &(&function, over), PAGE_MAX);
        let (function, over, at_least, Paged { page, known }) =
            fields.finish(|| Some((function?, over?, at_least?, page?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let known = register.function_codes(at);
            let functions = match &function {
                Some(function) if !known.contains(function) => {
                    let message = format!(
                        "the register has no function {function} at the position asked about"
                    );
                    return Err(status::not_found(message));
                }
                Some(function) => vec![function.clone()],
                None => known,
            };
            let found: Vec<_> =
                functions.iter().flat_map(|code| register.coverage(code, over, at)).collect();
            let total_size = count(found.len());
            let (found, next_page_token) = page.cut(found, at);
            Ok(pb::CoverageResponse {
                uncovered: found.iter().map(|each| render::uncovered(register, each)).collect(),
                next_page_token,
                total_size,
                known_at: Some(render::known(register.known_at(at))),
            })
        })
    }

    pub(super) async fn retroactive_of(
        &self,
        request: pb::ListRetroactiveRequest,
        wait: std::time::Duration,
    ) -> Result<pb::ListRetroactiveResponse, Status> {
        let mut fields = Fields::default();
        let since = match &request.since {
            None => Some(AskedKnown::Position(Position::ZERO)),
            some => fields.known(some.as_ref()),
        };
        let until = fields.known(request.until.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let question = (&request.since, request.only_changing);
        let token = (request.page_size, request.page_token.as_str());
        let page = Page::parse(&mut fields, until, token, &question, RETROACTIVE_MAX);
        let (since, Paged { page, known: until }, at_least) =
            fields.finish(|| Some((since?, page?, at_least?)))?;
        self.reach(at_least, wait).await?;
        let told = self.stretch((since, until), &page, |register, recorded| {
            after_the_fact(register, recorded, request.only_changing)
        });
        let told = told.await?;
        Ok(pb::ListRetroactiveResponse {
            events: told.events,
            next_page_token: told.next_page_token,
            known_at: Some(told.known_at),
        })
    }
}

impl Told for pb::Retroactive {
    fn changes(&self) -> &[pb::Change] {
        &self.changes
    }
}

/// Converts an event to a `Retroactive` message if the event is a correction, or concerns days
/// before the day on which it was recorded. Returns `None` for any other event. With
/// `only_changing`, also returns `None` for an event that is not a correction and changes no
/// answer.
fn after_the_fact(
    register: &Register,
    recorded: &Recorded,
    only_changing: bool,
) -> Option<pb::Retroactive> {
    let (position, event) = (recorded.position, &recorded.event);
    let changes = register.retroactive(position, event)?;
    let correction = event.fact.correction();
    if only_changing && correction.is_none() && changes.is_empty() {
        return None;
    }
    let (changes, changes_left_out) = shown(register, &changes);
    Some(pb::Retroactive {
        recorded: Some(render::known(register.known_at(position))),
        event_type: event_type(event),
        subject: event.fact.subject(),
        kind: correction.map(|c| render::word(c.kind)).unwrap_or_default(),
        about: correction.and_then(|c| c.about).unwrap_or_default().get(),
        authority: correction.map(|c| c.authority.to_string()).unwrap_or_default(),
        reason: correction.map(|c| c.reason.to_string()).unwrap_or_default(),
        effective_on: event.fact.effective_on().map(render::date),
        made_on: event.evidence.made_on.map(render::date),
        earlier_answer_was_right: correction
            .is_some_and(|c| c.kind == CorrectionKind::EffectBackdated),
        changes,
        changes_left_out,
    })
}
