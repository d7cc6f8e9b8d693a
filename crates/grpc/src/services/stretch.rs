//! The paging that `ListRetroactive` and `Story` share. Each page shows events between two
//! positions of the log, with the answers that each event changed.

use remit_register::{Change, Register};
use remit_shape::{Recorded, decode};
use tonic::Status;

use super::{Api, Page, count, resolve};
use crate::fields::AskedKnown;
use crate::{pb, render, status};

/// The maximum number of events of the log that are examined for one page.
const LOOKED_AT_MAX: usize = 2_000;
/// The maximum number of changes shown for one event. `PAGE_CHANGES_MAX` is the number of changes
/// after which a page is full.
const CHANGES_MAX: usize = 200;
const PAGE_CHANGES_MAX: usize = 2_000;

/// A message that shows one event, with the answers that the event changed.
pub(super) trait Told {
    fn changes(&self) -> &[pb::Change];
}

/// One page of events, the token of the next page, and the last position that the reply takes into
/// account.
pub(super) struct Stretch<T> {
    pub events: Vec<T>,
    pub next_page_token: String,
    pub known_at: pb::Known,
}

impl Api {
    /// Returns a page of the events after `since` and up to `until`. Leaves out the events for
    /// which `tell` returns `None`.
    pub(super) async fn stretch<T: Told>(
        &self,
        (since, until): (AskedKnown, AskedKnown),
        page: &Page,
        tell: impl Fn(&Register, &Recorded) -> Option<T>,
    ) -> Result<Stretch<T>, Status> {
        let (since, until) = self.node.view(|register, head| {
            let since = resolve(register, since, head, "since.position")?;
            Ok::<_, Status>((since, resolve(register, until, head, "until.position")?))
        })?;
        let first = since.plus(page.from as u64);
        let (mut events, mut shown, mut looked_at) = (Vec::new(), 0, page.from);
        for stored in self.stored(first, LOOKED_AT_MAX).await? {
            let full = events.len() >= page.size || shown >= PAGE_CHANGES_MAX;
            if full || stored.position > until {
                break;
            }
            looked_at += 1;
            let recorded = decode(stored.position, &stored.bytes);
            let recorded = recorded.map_err(|error| status::unreadable(&error))?;
            let told = self.node.view(|register, _| tell(register, &recorded));
            shown += told.as_ref().map_or(0, |told| told.changes().len());
            events.extend(told);
        }
        let more = since.plus(looked_at as u64) < until;
        let next_page_token = if more { page.next(looked_at, until) } else { String::new() };
        let known_at = self.node.view(|register, _| render::known(register.known_at(until)));
        Ok(Stretch { events, next_page_token, known_at })
    }
}

/// Converts at most `CHANGES_MAX` of the changes that an event made to messages. Also returns how
/// many changes were left out.
pub(super) fn shown(register: &Register, changes: &[Change<'_>]) -> (Vec<pb::Change>, u32) {
    let shown = changes.iter().take(CHANGES_MAX);
    let shown = shown.map(|change| render::change(register, change)).collect();
    (shown, count(changes.len().saturating_sub(CHANGES_MAX)))
}
