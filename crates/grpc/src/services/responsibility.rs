//! Implements `ResponsibilityService`: who holds, exercises and is liable for functions, and how
//! these answers change.

use std::pin::Pin;
use std::time::Duration;

use remit_domain::{BodyCode, Day, FunctionCode, Position};
use remit_engine::Node;
use remit_register::{Answer, CheckResult, Place, Register, RoleAsked};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};

use super::streams::Messages;
use super::{Api, PAGE_MAX, Page, Paged, patience};
use crate::fields::{AskedKnown, Fields};
use crate::pb::responsibility_service_server::ResponsibilityService;
use crate::{pb, render, status};

/// The maximum number of questions in one message of a batch.
const QUESTIONS_MAX: usize = 1_000;
/// The maximum number of reply messages that wait for a slow reader.
const BATCHES_WAITING: usize = 4;

/// A question whose fields have passed their checks.
pub(super) struct Question {
    pub function: FunctionCode,
    pub place: Place,
    pub effective_on: Day,
    pub answers_on: Option<Day>,
    pub known: AskedKnown,
    pub at_least: Position,
}

impl Question {
    /// The answer of `register` to this question, as known at the position `at`.
    pub(super) fn ask<'r>(&self, register: &'r Register, at: Position) -> Answer<'r> {
        let days = (self.effective_on, self.answers_on);
        register.who_holds_answering(&self.function, &self.place, days, at)
    }
}

impl Fields {
    pub(super) fn question(
        &mut self,
        request: &pb::WhoHoldsRequest,
        node: &Node,
    ) -> Option<Question> {
        let function = self.parse("function", &request.function);
        let place = self.place("place", &request.place);
        let effective_on = self.day("effective_on", request.effective_on);
        let answers_on = self.answers_on(request);
        let known = self.known(request.known_at.as_ref());
        let at_least = self.token(&request.at_least, node.log().id());
        Some(Question {
            function: function?,
            place: place?,
            effective_on: effective_on?,
            answers_on: answers_on?,
            known: known?,
            at_least: at_least?,
        })
    }
}

impl Fields {
    /// The day `answers_on` of a question, if it has one.
    fn answers_on(&mut self, request: &pb::WhoHoldsRequest) -> Option<Option<Day>> {
        let Some(wire) = request.answers_on else { return Some(None) };
        let day = self.day("answers_on", Some(wire))?;
        let asked = request
            .effective_on
            .and_then(|asked| Fields::default().day("effective_on", Some(asked)));
        if asked.is_some_and(|asked| day < asked) {
            self.bad("answers_on", "must not be before the day asked about");
            return None;
        }
        Some(Some(day))
    }

    fn role(&mut self, number: i32) -> Option<RoleAsked> {
        match pb::RoleAsked::try_from(number) {
            Ok(pb::RoleAsked::Unspecified | pb::RoleAsked::Exerciser) => Some(RoleAsked::Exerciser),
            Ok(pb::RoleAsked::Holder) => Some(RoleAsked::Holder),
            Ok(pb::RoleAsked::Liable) => Some(RoleAsked::Liable),
            Err(_) => {
                self.bad("role", "must be the number of a role in BodyRole");
                None
            }
        }
    }
}

fn check_result(result: CheckResult) -> pb::CheckResult {
    match result {
        CheckResult::Held => pb::CheckResult::Held,
        CheckResult::NotHeld => pb::CheckResult::NotHeld,
        CheckResult::Undetermined => pb::CheckResult::Undetermined,
    }
}

impl Api {
    fn question(&self, request: &pb::WhoHoldsRequest) -> Result<Question, Status> {
        let mut fields = Fields::default();
        let question = fields.question(request, &self.node);
        fields.finish(|| question)
    }

    /// Answers one question without waiting. The caller must already have waited for the position
    /// of the question's token.
    fn ask(
        &self,
        request: pb::WhoHoldsRequest,
        question: &Question,
        brief: bool,
    ) -> Result<pb::Answer, Status> {
        self.view(question.known, |register, at| {
            let answer = question.ask(register, at);
            let answer = render::answer(register, request.function, request.place, &answer, brief);
            Ok(pb::Answer { loads_under_way: self.loads_under_way(), ..answer })
        })
    }

    /// Answers all questions in one message of a batch.
    async fn answers(
        &self,
        batch: pb::BatchWhoHoldsRequest,
        wait: Duration,
    ) -> Result<pb::BatchWhoHoldsResponse, Status> {
        if batch.questions.len() > QUESTIONS_MAX {
            let mut fields = Fields::default();
            fields.bad(
                "questions",
                format_args!(
                    "must have at most {QUESTIONS_MAX} questions in \
                     one message"
                ),
            );
            return Err(fields.refused());
        }
        let mut answers = Vec::with_capacity(batch.questions.len());
        for (index, request) in batch.questions.into_iter().enumerate() {
            let mut fields = Fields::default();
            let question = fields.within(&format!("questions[{index}]"), |fields| {
                fields.question(&request, &self.node)
            });
            let question = fields.finish(|| question)?;
            self.reach(question.at_least, wait).await?;
            answers.push(self.ask(request, &question, batch.brief)?);
        }
        Ok(pb::BatchWhoHoldsResponse { answers })
    }
}

#[tonic::async_trait]
impl ResponsibilityService for Api {
    async fn who_holds(
        &self,
        request: Request<pb::WhoHoldsRequest>,
    ) -> Result<Response<pb::WhoHoldsResponse>, Status> {
        let question = self.question(request.get_ref())?;
        if question.at_least > Position::ZERO {
            self.reach(question.at_least, patience(&request)).await?;
        }
        let answer = self.ask(request.into_inner(), &question, false)?;
        Ok(Response::new(pb::WhoHoldsResponse { answer: Some(answer) }))
    }

    type BatchWhoHoldsStream =
        Pin<Box<dyn Stream<Item = Result<pb::BatchWhoHoldsResponse, Status>> + Send>>;

    async fn batch_who_holds(
        &self,
        request: Request<Streaming<pb::BatchWhoHoldsRequest>>,
    ) -> Result<Response<Self::BatchWhoHoldsStream>, Status> {
        let wait = patience(&request);
        let mut questions = request.into_inner();
        let (answered, answers) = mpsc::channel(BATCHES_WAITING);
        let api = self.clone();
        tokio::spawn(async move {
            while let Some(batch) = questions.next().await {
                let reply = match batch {
                    Ok(batch) => api.answers(batch, wait).await,
                    Err(broken) => Err(broken),
                };
                let last = reply.is_err();
                // End the batch if the reader has gone, or after an error.
                if answered.send(reply).await.is_err() || last {
                    return;
                }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(answers))))
    }

    async fn check_responsibility(
        &self,
        request: Request<pb::CheckResponsibilityRequest>,
    ) -> Result<Response<pb::CheckResponsibilityResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let body = fields.parse::<BodyCode>("body", &request.body);
        let role = fields.role(request.role);
        let asked = request.question.unwrap_or_default();
        let question = fields.question(&asked, &self.node);
        let (body, role, question) = fields.finish(|| Some((body?, role?, question?)))?;
        self.reach(question.at_least, wait).await?;
        self.view(question.known, |register, at| {
            let answer = question.ask(register, at);
            let body_unknown = !register.knows_body(body, at);
            let result = match body_unknown {
                true => CheckResult::Undetermined,
                false => answer.check(body, role),
            };
            let would_answer = match body_unknown {
                true => CheckResult::Undetermined,
                false => answer.check_answering(body),
            };
            let answer = render::answer(register, asked.function, asked.place, &answer, false);
            let answer = pb::Answer { loads_under_way: self.loads_under_way(), ..answer };
            Ok(Response::new(pb::CheckResponsibilityResponse {
                result: check_result(result).into(),
                answer: Some(answer),
                body_unknown,
                would_answer: check_result(would_answer).into(),
            }))
        })
    }

    async fn list_holdings(
        &self,
        request: Request<pb::ListHoldingsRequest>,
    ) -> Result<Response<pb::ListHoldingsResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let body = fields.parse::<BodyCode>("body", &request.body);
        let day = fields.day("effective_on", request.effective_on);
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let page = Page::parse(
            &mut fields,
            known,
            (request.page_size, &request.page_token),
            &(body, day),
            PAGE_MAX,
        );
        let (body, day, at_least, Paged { page, known }) =
            fields.finish(|| Some((body?, day?, at_least?, page?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            if !register.knows_body(body, at) {
                return Err(status::not_found(format!(
                    "the register has no body {body} at the position asked about"
                )));
            }
            let (holdings, next_page_token) = page.cut(register.holdings(body, day, at), at);
            let name = register.name_of(body, day, at);
            Ok(Response::new(pb::ListHoldingsResponse {
                holdings: holdings.iter().map(render::holding).collect(),
                next_page_token,
                known_at: Some(render::known(register.known_at(at))),
                name: name.map(ToString::to_string).unwrap_or_default(),
            }))
        })
    }

    async fn timeline(
        &self,
        request: Request<pb::TimelineRequest>,
    ) -> Result<Response<pb::TimelineResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let function = fields.parse::<FunctionCode>("function", &request.function);
        let place = fields.place("place", &request.place);
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let (function, place, known, at_least) =
            fields.finish(|| Some((function?, place?, known?, at_least?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let rectangles = register.timeline(&function, &place, at);
            let point = |position| render::known(register.known_at(position));
            let rectangle = |rectangle: &remit_register::Rectangle<'_>| pb::Rectangle {
                effective_from: rectangle.effective_from.map(render::date),
                effective_until: rectangle.effective_until.map(render::date),
                known_from: Some(point(rectangle.known_from)),
                known_until: rectangle.known_until.map(point),
                answer: Some(render::answer(
                    register,
                    request.function.clone(),
                    request.place.clone(),
                    &rectangle.answer,
                    false,
                )),
            };
            Ok(Response::new(pb::TimelineResponse {
                rectangles: rectangles.iter().map(rectangle).collect(),
                known_at: Some(point(at)),
            }))
        })
    }

    async fn explain(
        &self,
        request: Request<pb::ExplainRequest>,
    ) -> Result<Response<pb::ExplainResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner().question.unwrap_or_default();
        let question = self.question(&request)?;
        self.reach(question.at_least, wait).await?;
        self.explained(request, &question).await.map(Response::new)
    }

    async fn diff(
        &self,
        request: Request<pb::DiffRequest>,
    ) -> Result<Response<pb::DiffResponse>, Status> {
        let wait = patience(&request);
        self.diff_of(request.into_inner(), wait).await.map(Response::new)
    }

    async fn coverage(
        &self,
        request: Request<pb::CoverageRequest>,
    ) -> Result<Response<pb::CoverageResponse>, Status> {
        let wait = patience(&request);
        self.coverage_of(request.into_inner(), wait).await.map(Response::new)
    }

    async fn list_retroactive(
        &self,
        request: Request<pb::ListRetroactiveRequest>,
    ) -> Result<Response<pb::ListRetroactiveResponse>, Status> {
        let wait = patience(&request);
        self.retroactive_of(request.into_inner(), wait).await.map(Response::new)
    }

    type WatchAnswersStream = Messages<pb::WatchAnswersResponse>;

    async fn watch_answers(
        &self,
        request: Request<pb::WatchAnswersRequest>,
    ) -> Result<Response<Self::WatchAnswersStream>, Status> {
        self.watch_answers_of(request).await
    }

    async fn acknowledge_notices(
        &self,
        request: Request<pb::AcknowledgeNoticesRequest>,
    ) -> Result<Response<pb::AcknowledgeNoticesResponse>, Status> {
        self.acknowledge_of(request.into_inner()).await.map(Response::new)
    }

    async fn forget_watch(
        &self,
        request: Request<pb::ForgetWatchRequest>,
    ) -> Result<Response<pb::ForgetWatchResponse>, Status> {
        self.forget_of(request.into_inner()).await.map(Response::new)
    }

    async fn pin_answer(
        &self,
        request: Request<pb::PinAnswerRequest>,
    ) -> Result<Response<pb::PinAnswerResponse>, Status> {
        self.pin_of(request.into_inner()).await.map(Response::new)
    }

    async fn unpin_answer(
        &self,
        request: Request<pb::UnpinAnswerRequest>,
    ) -> Result<Response<pb::UnpinAnswerResponse>, Status> {
        self.unpin_of(request.into_inner()).await.map(Response::new)
    }

    async fn list_pins(
        &self,
        request: Request<pb::ListPinsRequest>,
    ) -> Result<Response<pb::ListPinsResponse>, Status> {
        self.pins_of(request.get_ref()).map(Response::new)
    }
}
