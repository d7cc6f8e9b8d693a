//! Implements `DirectoryService`: bodies, memberships, functions, rules of law and instruments.

use remit_domain::{BodyCode, BodyRole, FunctionCode, InstrumentId, Relation, RuleId};
use tonic::{Request, Response, Status};

use super::{Api, PAGE_MAX, Page, Paged, count, patience};
use crate::fields::Fields;
use crate::pb::directory_service_server::DirectoryService;
use crate::{pb, render, status};

/// The maximum number of instruments in one page. This maximum is lower than the maximum for other
/// rows, because an instrument is long.
const INSTRUMENTS_PAGE_MAX: usize = 500;

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
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let (code, on, known, at_least) =
            fields.finish(|| Some((code?, on?, known?, at_least?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            if !register.knows_body(code, at) {
                return Err(status::not_found(format!(
                    "the register has no body {code} at the position asked about"
                )));
            }
            let names = register.names(code, at);
            Ok(Response::new(pb::GetBodyResponse {
                roles: register.body_view(code, on, at).iter().map(render::body).collect(),
                names: names.iter().map(render::body_name).collect(),
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
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let page = Page::parse(
            &mut fields,
            known,
            (request.page_size, &request.page_token),
            &(role, on),
            PAGE_MAX,
        );
        let (role, on, at_least, Paged { page, known }) =
            fields.finish(|| Some((role?, on?, at_least?, page?)))?;
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
        let relation = fields.value::<Option<Relation>>("relation", &request.relation);
        let on = fields.optional_day("effective_on", request.effective_on);
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let page = Page::parse(
            &mut fields,
            known,
            (request.page_size, &request.page_token),
            &(group, relation, on),
            PAGE_MAX,
        );
        let (group, relation, on, at_least, Paged { page, known }) =
            fields.finish(|| Some((group?, relation?, on?, at_least?, page?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            if !register.knows_body(group, at) {
                return Err(status::not_found(format!(
                    "the register has no body {group} at the position asked about"
                )));
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
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let page = Page::parse(
            &mut fields,
            known,
            (request.page_size, &request.page_token),
            &(&member, on),
            PAGE_MAX,
        );
        let (member, on, at_least, Paged { page, known }) =
            fields.finish(|| Some((member?, on?, at_least?, page?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let memberships = register.memberships(&member, on, at);
            let total_size = count(memberships.len());
            let (memberships, next_page_token) = page.cut(memberships, at);
            Ok(Response::new(pb::ListMembershipsResponse {
                memberships: memberships.iter().map(render::membership).collect(),
                next_page_token,
                total_size,
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
        let code = fields.value::<Option<FunctionCode>>("code", &request.code);
        let on = fields.optional_day("effective_on", request.effective_on);
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let page = Page::parse(
            &mut fields,
            known,
            (request.page_size, &request.page_token),
            &(&code, on),
            PAGE_MAX,
        );
        let (code, on, at_least, Paged { page, known }) =
            fields.finish(|| Some((code?, on?, at_least?, page?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let mut functions = register.functions_view(on, at);
            functions.retain(|view| code.as_ref().is_none_or(|code| view.function.code == *code));
            let total_size = count(functions.len());
            let (functions, next_page_token) = page.cut(functions, at);
            Ok(Response::new(pb::ListFunctionsResponse {
                functions: functions.iter().map(render::function).collect(),
                next_page_token,
                total_size,
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
        let id = fields.value::<Option<RuleId>>("id", &request.id);
        let on = fields.optional_day("effective_on", request.effective_on);
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let page = Page::parse(
            &mut fields,
            known,
            (request.page_size, &request.page_token),
            &(&id, on),
            PAGE_MAX,
        );
        let (id, on, at_least, Paged { page, known }) =
            fields.finish(|| Some((id?, on?, at_least?, page?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let mut rules = register.rules_view(on, at);
            rules.retain(|view| id.as_ref().is_none_or(|id| view.rule.id == *id));
            let total_size = count(rules.len());
            let (rules, next_page_token) = page.cut(rules, at);
            Ok(Response::new(pb::ListRulesResponse {
                rules: rules.iter().map(render::rule).collect(),
                next_page_token,
                total_size,
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
        let body = fields.value::<Option<BodyCode>>("body", &request.body);
        let function = fields.value::<Option<FunctionCode>>("function", &request.function);
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let (size, token) = (request.page_size, &request.page_token);
        let page = Page::parse(
            &mut fields,
            known,
            (size, token),
            &(&body, &function),
            INSTRUMENTS_PAGE_MAX,
        );
        let (body, function, at_least, Paged { page, known }) =
            fields.finish(|| Some((body?, function?, at_least?, page?)))?;
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
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let (id, known, at_least) = fields.finish(|| Some((id?, known?, at_least?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let found = register.instrument_view(&id, at);
            let found = found.ok_or_else(|| {
                status::not_found(format!(
                    "the register has no instrument {id} at the position \
                     asked about"
                ))
            })?;
            Ok(Response::new(pb::GetInstrumentResponse {
                instrument: Some(render::instrument(&found)),
                known_at: Some(render::known(register.known_at(at))),
            }))
        })
    }
}
