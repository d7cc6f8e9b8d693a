//! Implements `Snapshot`: sends the directory or the holdings on one day, row by row, and the
//! cursor from which to continue.

use remit_domain::{BodyCode, BodyRole, Day, Position, Word};
use remit_register::{Place, Register};
use tonic::{Request, Response, Status};

use super::Api;
use super::streams::{Messages, Outlet, Over, stream};
use crate::fields::Fields;
use crate::pb::snapshot_response::Content as Row;
use crate::{pb, render, status};

/// The maximum number of directory rows in one page of a snapshot.
const ROWS: usize = 200;

/// The contents of a snapshot: the holdings or the directory, on day `on`, as known at `at`. `at`
/// is fixed, so events recorded while the snapshot is sent do not change it.
#[derive(Clone, Copy)]
struct Snapshot {
    of_holdings: bool,
    on: Day,
    at: Position,
}

fn response(content: Row) -> pb::SnapshotResponse {
    pb::SnapshotResponse { content: Some(content) }
}

impl Api {
    pub(super) fn snapshot_of(
        &self,
        request: Request<pb::SnapshotRequest>,
    ) -> Result<Response<Messages<pb::SnapshotResponse>>, Status> {
        let place = self.streams.enter(&request)?;
        let request = request.into_inner();
        let mut fields = Fields::default();
        let on = fields.day("effective_on", request.effective_on);
        let known = fields.known(request.known_at.as_ref());
        let of = pb::SnapshotOf::try_from(request.of).unwrap_or_default();
        if of == pb::SnapshotOf::Unspecified {
            fields.bad("of", "is required: the directory or the holdings");
        }
        let (on, known) = fields.finish(|| Some((on?, known?)))?;
        let at = self.view(known, |_, at| Ok(at))?;
        let (api, of_holdings) = (self.clone(), of == pb::SnapshotOf::Holdings);
        let snapshot = Snapshot { of_holdings, on, at };
        Ok(stream(place, &self.draining, move |mut outlet| async move {
            match api.tell_snapshot(snapshot, &mut outlet).await {
                Ok(()) | Err(Over::Gone) => (None, Ok(())),
                Err(Over::Draining) => (None, Err(status::draining())),
                Err(Over::Failed(status)) => (None, Err(status)),
            }
        }))
    }

    async fn tell_snapshot(
        &self,
        snapshot: Snapshot,
        outlet: &mut Outlet<pb::SnapshotResponse>,
    ) -> Result<(), Over> {
        let Snapshot { of_holdings, on, at } = snapshot;
        let areas = self.node.view(|register, _| register.areas(on, at));
        let rows = self.node.view(|register, _| match of_holdings {
            true => areas.len() * register.functions_view(Some(on), at).len(),
            false => {
                let mut rows = 0;
                directory(register, snapshot, |_| rows += 1);
                rows
            }
        });
        let point = pb::SnapshotPoint {
            known_at: Some(self.node.view(|r, _| render::known(r.known_at(at)))),
            cursor: self.cursor(at),
            watch_cursor: self.desk.cursor_at(at, on).write(self.node.log().id()),
            rows: rows as u64,
        };
        outlet.send(vec![response(Row::Point(point))]).await?;
        if of_holdings {
            for area in areas {
                let page = self.node.view(|register, _| holdings(register, snapshot, area));
                outlet.send(page).await?;
            }
            return Ok(());
        }
        for from in (0..rows).step_by(ROWS) {
            let page = self.node.view(|register, _| page(register, snapshot, from));
            outlet.send(page).await?;
        }
        Ok(())
    }
}

/// Returns the answers for every function in the area of one commissioner.
fn holdings(register: &Register, snapshot: Snapshot, area: BodyCode) -> Vec<pb::SnapshotResponse> {
    let Snapshot { on, at, .. } = snapshot;
    let functions = register.functions_view(Some(on), at);
    let answers = functions.iter().map(|view| {
        let function = &view.function.code;
        let answer = register.who_holds(function, &Place::Body(area), on, at);
        let (function, area) = (function.to_string(), area.to_string());
        response(Row::Answer(render::answer(register, function, area, &answer, true)))
    });
    answers.collect()
}

/// Returns the page of the directory that begins with row `from`.
fn page(register: &Register, snapshot: Snapshot, from: usize) -> Vec<pb::SnapshotResponse> {
    let (mut number, mut page) = (0, Vec::with_capacity(ROWS));
    directory(register, snapshot, |make| {
        if (from..from + ROWS).contains(&number) {
            page.push(response(make()));
        }
        number += 1;
    });
    page
}

/// Calls `each` for every row of the directory on one day, always in the same order. `each`
/// receives a closure that builds the row, so that rows that are not wanted are not built.
fn directory(register: &Register, snapshot: Snapshot, mut each: impl FnMut(&dyn Fn() -> Row)) {
    let Snapshot { on, at, .. } = snapshot;
    for role in BodyRole::ALL {
        for view in register.bodies_of(*role, Some(on), at) {
            each(&|| Row::Body(render::body(&view)));
        }
    }
    for view in register.functions_view(Some(on), at) {
        each(&|| Row::Function(render::function(&view)));
    }
    for view in register.rules_view(Some(on), at) {
        each(&|| Row::Rule(render::rule(&view)));
    }
    for view in register.instruments_view(None, None, at) {
        each(&|| Row::Instrument(render::instrument(&view)));
    }
}
