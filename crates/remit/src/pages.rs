//! Reads lists that a server returns page by page.

use remit_grpc::pb;
use tonic::{Response, Status};

use crate::failure::Failure;

/// A reply that holds one page of a list.
pub trait Page: Default {
    /// Returns the token with which to ask for the next page; empty on the last page.
    fn next(&self) -> &str;

    /// Returns this page with the items of `before`, the earlier pages, put in front of its own
    /// items.
    fn after(self, before: Self) -> Self;
}

macro_rules! pages {
    ($($reply:ident: $items:ident,)*) => {$(
        impl Page for pb::$reply {
            fn next(&self) -> &str {
                &self.next_page_token
            }

            fn after(mut self, mut before: Self) -> Self {
                before.$items.append(&mut self.$items);
                self.$items = before.$items;
                self
            }
        }
    )*};
}

pages! {
    CoverageResponse: uncovered,
    DiffResponse: changes,
    ListActsResponse: acts,
    ListFunctionsResponse: functions,
    ListGroupsResponse: groups,
    ListHoldingsResponse: holdings,
    ListInstrumentsResponse: instruments,
    ListParkedResponse: parked,
    ListPinsResponse: pins,
    ListRulesResponse: rules,
}

/// Asks a server for every page of a list. Returns the last page, extended with the items of all
/// earlier pages.
pub async fn all<R: Page>(
    mut ask: impl AsyncFnMut(String) -> Result<Response<R>, Status>,
) -> Result<R, Failure> {
    let mut whole = R::default();
    let mut next = String::new();
    loop {
        let page = ask(next).await?.into_inner();
        next = page.next().to_owned();
        whole = page.after(whole);
        if next.is_empty() {
            return Ok(whole);
        }
    }
}
