//! `DirectoryService`.

use remit_domain::{BodyCode, BodyRole, FunctionCode, InstrumentId, Position, Relation, RuleId};
use tonic::{Request, Response, Status};

use super::{Api, PAGE_MAX, Page, count, patience};
use crate::parse::{AskedKnown, Fields};
use crate::pb::directory_service_server::DirectoryService;
use crate::{pb, render, status};

/// Instruments of one page: they are long.
const INSTRUMENTS_PAGE_MAX: usize = 500;

impl Api {
    /// The known point and the token that every directory read takes.
    fn asked(
        &self,
        fields: &mut Fields,
        known: Option<&pb::KnownAt>,
        at_least: &str,
    ) -> Option<(AskedKnown, Position)> {
        let known = fields.known(known);
        let at_least = fields.token(at_least, self.node.log().id());
        known.zip(at_least)
    }
}

#[tonic::async_trait]
impl DirectoryService for Api {
    async fn get_body(
        &self,
        request: Request<pb::GetBodyRequest>,
    ) -> Result<Response<pb::GetBodyResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let code = fields.parse::<BodyCode>("code", &request.code);
        let on = fields.optional_day("effective_on", request.effective_on);
        let asked = self.asked(&mut fields, request.known_at.as_ref(), &request.at_least);
        let ((code, on), (known, at_least)) = fields.finish(code.zip(on).zip(asked))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            if !register.knows_body(code, at) {
                return Err(status::not_found(format!("the register knew no body {code}")));
            }
            let names = register.names(code, at);
            let names = names
                .iter()
                .map(|(name, effective, position)| render::body_name(name, *effective, *position));
            Ok(Response::new(pb::GetBodyResponse {
                roles: register.body_view(code, on, at).iter().map(render::body).collect(),
                names: names.collect(),
                successions: register
                    .succession_path(code, at)
                    .iter()
                    .map(render::succession)
                    .collect(),
                known_at: Some(render::known(register.known_at(at))),
            }))
        })
    }

    async fn list_bodies(
        &self,
        request: Request<pb::ListBodiesRequest>,
    ) -> Result<Response<pb::ListBodiesResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let role = fields.word::<BodyRole>("role", request.role);
        let on = fields.optional_day("effective_on", request.effective_on);
        let asked = self.asked(&mut fields, request.known_at.as_ref(), &request.at_least);
        let known = asked.map(|(known, _)| known);
        let page = Page::parse(
            &mut fields,
            known,
            (request.page_size, &request.page_token),
            &(role, on),
            PAGE_MAX,
        );
        let value = role.zip(on).zip(asked).zip(page);
        let (((role, on), (_, at_least)), (page, known)) = fields.finish(value)?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let bodies = register.bodies_of(role, on, at);
            let total_size = count(bodies.len());
            let (bodies, next_page_token) = page.cut(bodies, at);
            Ok(Response::new(pb::ListBodiesResponse {
                bodies: bodies.iter().map(render::body).collect(),
                next_page_token,
                total_size,
                known_at: Some(render::known(register.known_at(at))),
            }))
        })
    }

    async fn list_members(
        &self,
        request: Request<pb::ListMembersRequest>,
    ) -> Result<Response<pb::ListMembersResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let group = fields.parse::<BodyCode>("group", &request.group);
        let relation = match request.relation {
            0 => Some(None),
            number => fields.word::<Relation>("relation", number).map(Some),
        };
        let on = fields.optional_day("effective_on", request.effective_on);
        let asked = self.asked(&mut fields, request.known_at.as_ref(), &request.at_least);
        let known = asked.map(|(known, _)| known);
        let page = Page::parse(
            &mut fields,
            known,
            (request.page_size, &request.page_token),
            &(group, relation, on),
            PAGE_MAX,
        );
        let value = group.zip(relation).zip(on).zip(asked).zip(page);
        let ((((group, relation), on), (_, at_least)), (page, known)) = fields.finish(value)?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            if !register.knows_body(group, at) {
                return Err(status::not_found(format!("the register knew no body {group}")));
            }
            let members = register.members(group, relation, on, at);
            let total_size = count(members.len());
            let (members, next_page_token) = page.cut(members, at);
            Ok(Response::new(pb::ListMembersResponse {
                members: members.iter().map(render::membership).collect(),
                next_page_token,
                total_size,
                known_at: Some(render::known(register.known_at(at))),
            }))
        })
    }

    async fn list_memberships(
        &self,
        request: Request<pb::ListMembershipsRequest>,
    ) -> Result<Response<pb::ListMembershipsResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let member = fields.place("member", &request.member);
        let on = fields.optional_day("effective_on", request.effective_on);
        let asked = self.asked(&mut fields, request.known_at.as_ref(), &request.at_least);
        let ((member, on), (known, at_least)) = fields.finish(member.zip(on).zip(asked))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let memberships = register.memberships(&member, on, at);
            Ok(Response::new(pb::ListMembershipsResponse {
                memberships: memberships.iter().map(render::membership).collect(),
                known_at: Some(render::known(register.known_at(at))),
            }))
        })
    }

    async fn list_functions(
        &self,
        request: Request<pb::ListFunctionsRequest>,
    ) -> Result<Response<pb::ListFunctionsResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let code = match request.code.as_str() {
            "" => Some(None),
            code => fields.parse::<FunctionCode>("code", code).map(Some),
        };
        let on = fields.optional_day("effective_on", request.effective_on);
        let asked = self.asked(&mut fields, request.known_at.as_ref(), &request.at_least);
        let ((code, on), (known, at_least)) = fields.finish(code.zip(on).zip(asked))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let segments = register.functions_view(on, at);
            let shown = segments
                .iter()
                .filter(|(function, ..)| code.as_ref().is_none_or(|code| function.code == *code));
            Ok(Response::new(pb::ListFunctionsResponse {
                functions: shown
                    .map(|(function, effective, position, evidence)| {
                        render::function(function, *effective, *position, evidence)
                    })
                    .collect(),
                known_at: Some(render::known(register.known_at(at))),
            }))
        })
    }

    async fn list_rules(
        &self,
        request: Request<pb::ListRulesRequest>,
    ) -> Result<Response<pb::ListRulesResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let id = match request.id.as_str() {
            "" => Some(None),
            id => fields.parse::<RuleId>("id", id).map(Some),
        };
        let on = fields.optional_day("effective_on", request.effective_on);
        let asked = self.asked(&mut fields, request.known_at.as_ref(), &request.at_least);
        let ((id, on), (known, at_least)) = fields.finish(id.zip(on).zip(asked))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let rules = register.rules_view(on, at);
            let shown =
                rules.iter().filter(|(rule, ..)| id.as_ref().is_none_or(|id| rule.id == *id));
            Ok(Response::new(pb::ListRulesResponse {
                rules: shown
                    .map(|(rule, effective, position, evidence)| {
                        render::rule(rule, *effective, *position, evidence)
                    })
                    .collect(),
                known_at: Some(render::known(register.known_at(at))),
            }))
        })
    }

    async fn list_instruments(
        &self,
        request: Request<pb::ListInstrumentsRequest>,
    ) -> Result<Response<pb::ListInstrumentsResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let body = match request.body.as_str() {
            "" => Some(None),
            body => fields.parse::<BodyCode>("body", body).map(Some),
        };
        let function = match request.function.as_str() {
            "" => Some(None),
            function => fields.parse::<FunctionCode>("function", function).map(Some),
        };
        let asked = self.asked(&mut fields, request.known_at.as_ref(), &request.at_least);
        let known = asked.map(|(known, _)| known);
        let (size, token) = (request.page_size, &request.page_token);
        let page = Page::parse(
            &mut fields,
            known,
            (size, token),
            &(&body, &function),
            INSTRUMENTS_PAGE_MAX,
        );
        let value = body.zip(function).zip(asked).zip(page);
        let (((body, function), (_, at_least)), (page, known)) = fields.finish(value)?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let instruments = register.instruments_view(body, function.as_ref(), at);
            let total_size = count(instruments.len());
            let (instruments, next_page_token) = page.cut(instruments, at);
            Ok(Response::new(pb::ListInstrumentsResponse {
                instruments: instruments.iter().map(render::instrument).collect(),
                next_page_token,
                total_size,
                known_at: Some(render::known(register.known_at(at))),
            }))
        })
    }

    async fn get_instrument(
        &self,
        request: Request<pb::GetInstrumentRequest>,
    ) -> Result<Response<pb::GetInstrumentResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let id = fields.parse::<InstrumentId>("id", &request.id);
        let asked = self.asked(&mut fields, request.known_at.as_ref(), &request.at_least);
        let (id, (known, at_least)) = fields.finish(id.zip(asked))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let found = register.instrument_view(&id, at);
            let found = found.ok_or_else(|| {
                status::not_found(format!("the register knew no instrument {id}"))
            })?;
            Ok(Response::new(pb::GetInstrumentResponse {
                instrument: Some(render::instrument(&found)),
                known_at: Some(render::known(register.known_at(at))),
            }))
        })
    }
}
