//! Implements pins: answers that somebody relied on, kept so that a later difference is noticed.

use remit_domain::{Position, Text};
use remit_engine::Pin;
use remit_register::{Point, Register};
use remit_shape::DeskName;
use tonic::Status;

use super::{Api, PAGE_MAX, Page, Paged};
use crate::fields::{AskedKnown, Fields};
use crate::{pb, render, status};

impl Api {
    pub(super) async fn pin_of(
        &self,
        request: pb::PinAnswerRequest,
    ) -> Result<pb::PinAnswerResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.parse::<DeskName>("pin", &request.pin);
        let actor = fields.parse::<Text>("actor", &request.actor);
        let function = fields.parse("function", &request.function);
        let place = fields.place("place", &request.place);
        let effective_on = fields.day("effective_on", request.effective_on);
        let known = fields.known(request.known_at.as_ref());
        let note = fields.value::<Option<Text>>("note", &request.note);
        let asked = || {
            let (name, actor, function) = (name?, actor?, function?);
            let (place, effective_on, note) = (place?, effective_on?, note?);
            let known_at = Position::ZERO;
            let pin = Pin { name, actor, function, place, effective_on, known_at, note };
            Some((pin, known?))
        };
        let (mut pin, known) = fields.finish(asked)?;
        // If the request has no `known_at` and the pin already exists, keep the `known_at` of the
        // pin, so that a repeated request changes nothing.
        let there = self.desk.pinned(&pin.name).filter(|_| matches!(known, AskedKnown::Head));
        pin.known_at = match there {
            Some(pin) => pin.known_at,
            None => self.view(known, |_, at| Ok(at))?,
        };
        let pinned = self.desk.pin(pin.clone()).await;
        pinned.map_err(|error| status::desk(&error))?;
        let effective_on = self.node.today();
        let pin = self.node.view(|register, known_at| {
            render_pin(register, &pin, Point { effective_on, known_at })
        });
        Ok(pb::PinAnswerResponse { pin: Some(pin) })
    }

    pub(super) async fn unpin_of(
        &self,
        request: pb::UnpinAnswerRequest,
    ) -> Result<pb::UnpinAnswerResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.parse::<DeskName>("pin", &request.pin);
        let actor = fields.parse::<Text>("actor", &request.actor);
        let (name, actor) = fields.finish(|| Some((name?, actor?)))?;
        let unpinned = self.desk.unpin(name, actor).await;
        unpinned.map_err(|error| status::desk(&error))?;
        Ok(pb::UnpinAnswerResponse {})
    }

    pub(super) fn pins_of(
        &self,
        request: &pb::ListPinsRequest,
    ) -> Result<pb::ListPinsResponse, Status> {
        let mut fields = Fields::default();
        let token = (request.page_size, request.page_token.as_str());
        let page = Page::parse(&mut fields, Some(AskedKnown::Head), token, &"pins", PAGE_MAX);
        let Paged { page, known } = fields.finish(|| page)?;
        self.view(known, |register, at| {
            let (pins, next_page_token) = page.cut(self.desk.pins(), at);
            let now = Point { effective_on: self.node.today(), known_at: at };
            let pins = pins.iter().map(|pin| render_pin(register, pin, now)).collect();
            Ok(pb::ListPinsResponse { pins, next_page_token })
        })
    }
}

/// A pin as a message. `now` is the point whose answer is compared with the pinned answer.
fn render_pin(register: &Register, pin: &Pin, now: Point) -> pb::Pin {
    let answer = register.who_holds(&pin.function, &pin.place, pin.effective_on, pin.known_at);
    let (function, place) = (pin.function.to_string(), pin.place.to_string());
    pb::Pin {
        pin: pin.name.to_string(),
        actor: pin.actor.to_string(),
        note: pin.note.as_ref().map(ToString::to_string).unwrap_or_default(),
        answer: Some(render::answer(register, function, place, &answer, true)),
        as_pinned: pin.is_still_said(register, now),
        changed_at: pin.changed_at(register, now).into_iter().map(Position::get).collect(),
    }
}
