//! Implements `FundingService`: finds a payment to a federation and the decisions on the payment.

use remit_domain::RecordId;
use tonic::{Request, Response, Status};

use super::{Api, patience};
use crate::fields::Fields;
use crate::pb::funding_service_server::FundingService;
use crate::{pb, render, status};

#[tonic::async_trait]
impl FundingService for Api {
    async fn get_support(
        &self,
        request: Request<pb::GetSupportRequest>,
    ) -> Result<Response<pb::GetSupportResponse>, Status> {
        let wait = patience(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let fund = fields.parse::<RecordId>("fund", &request.fund);
        let payment = fields.parse::<RecordId>("payment", &request.payment);
        let known = fields.known(request.known_at.as_ref());
        let at_least = fields.token(&request.at_least, self.node.log().id());
        let (fund, payment, known, at_least) =
            fields.finish(|| Some((fund?, payment?, known?, at_least?)))?;
        self.reach(at_least, wait).await?;
        self.view(known, |register, at| {
            let found = register.support(&fund, &payment, at).ok_or_else(|| {
                status::not_found(format!(
                    "the register has no payment {payment} of fund {fund} at the position asked \
                     about"
                ))
            })?;
            Ok(Response::new(render::support(register, &found, register.known_at(at))))
        })
    }
}
