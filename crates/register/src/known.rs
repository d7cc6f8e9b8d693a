//! The register at its head, as decisions see it.

use remit_domain::{
    BodyCode, BodyRole, ContractId, Day, Function, FunctionCode, FundKnown, Held, InForce,
    InstrumentId, InstrumentKnown, Known, LegalForm, Member, Period, Position, RecordId, Relation,
    Rule, SuccessionKind, exercisers,
};

use crate::row::{At, OPEN, Row};
use crate::store::{GroupRow, InstrumentEntry, Register};

fn held<T, U>(row: &Row<T>, value: U) -> Held<U> {
    Held { position: Position::from(row.origin), value }
}

fn current<T>(rows: &[Row<T>]) -> impl Iterator<Item = &Row<T>> {
    rows.iter().filter(|row| row.known_until == OPEN)
}

impl Known for Register {
    fn roles(&self, code: BodyCode) -> Vec<Held<(BodyRole, Period)>> {
        let rows = self.body(code).map(|entry| entry.roles.as_slice()).unwrap_or_default();
        current(rows).map(|row| held(row, (row.value.role, row.effective))).collect()
    }

    fn legal_form(&self, code: BodyCode) -> Option<LegalForm> {
        current(&self.body(code)?.roles).find_map(|row| row.value.legal_form)
    }

    fn groups(&self, member: &Member, relation: Relation) -> Vec<Held<(BodyCode, Period)>> {
        let rows: &[Row<GroupRow>] = match member {
            Member::Body(code) => self.body(*code).map(|entry| entry.groups.as_slice()),
            Member::Contract(id) => self.contract_entry(id).map(|entry| entry.groups.as_slice()),
        }
        .unwrap_or_default();
        current(rows)
            .filter(|row| row.value.relation == relation)
            .map(|row| held(row, (self.bodies[row.value.group as usize].code, row.effective)))
            .collect()
    }

    fn contract(&self, contract: &ContractId) -> Vec<Held<(BodyCode, Period)>> {
        let rows = self.contract_entry(contract).map(|entry| entry.held.as_slice());
        current(rows.unwrap_or_default())
            .map(|row| held(row, (self.bodies[row.value.0 as usize].code, row.effective)))
            .collect()
    }

    fn successors(&self, code: BodyCode) -> Vec<Held<(BodyCode, Day, SuccessionKind)>> {
        let more = self.body(code).and_then(|entry| entry.more.as_ref());
        current(more.map(|more| more.successors.as_slice()).unwrap_or_default())
            .map(|row| {
                let successor = self.bodies[row.value.other as usize].code;
                held(row, (successor, row.effective.from(), row.value.kind))
            })
            .collect()
    }

    fn segments(&self, code: &FunctionCode) -> Vec<Held<&Function>> {
        let Some(id) = self.function_id(code) else { return Vec::new() };
        current(&self.functions[id as usize].1).map(|row| held(row, &row.value)).collect()
    }

    fn rules(&self) -> Vec<Held<&Rule>> {
        self.rules
            .iter()
            .map(|(at, _, rule)| Held { position: Position::from(*at), value: rule })
            .collect()
    }

    fn instrument(&self, id: &InstrumentId) -> Option<InstrumentKnown<'_>> {
        let entry = self.instrument_entry(id)?;
        let end = |rows: Option<(Day, At)>| {
            rows.map(|(day, at)| Held { position: Position::from(at), value: day })
        };
        Some(InstrumentKnown {
            position: Position::from(entry.at),
            instrument: &entry.instrument,
            in_force: current(&entry.in_force)
                .filter_map(|row| Some(held(row, entry.cut(row.effective, OPEN - 1)?)))
                .collect(),
            ended: end(earliest(&entry.ends)),
            notice: end(earliest(&entry.notices)),
        })
    }

    fn in_force(&self, function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce> {
        let Some(function) = self.function_id(function) else { return Vec::new() };
        let in_area = match area {
            None => (0..self.instruments.len()).filter_map(|i| u32::try_from(i).ok()).collect(),
            Some(code) => {
                let own = self.body(code).and_then(|entry| entry.more.as_ref());
                let own = own.map(|more| more.instruments.as_slice()).unwrap_or_default();
                own.iter().chain(&self.england).copied().collect::<Vec<_>>()
            }
        };
        let mut found = Vec::new();
        for index in in_area {
            let entry = &self.instruments[index as usize];
            if entry.functions.binary_search(&function).is_err() {
                continue;
            }
            for row in current(&entry.in_force) {
                let Some(effective) = entry.cut(row.effective, OPEN - 1) else { continue };
                let effective = self.within_life(&entry.given_to, effective);
                found.push(InForce {
                    position: Position::from(row.origin),
                    instrument: entry.instrument.id.clone(),
                    kind: entry.instrument.kind,
                    given_by: entry.instrument.given_by.clone(),
                    exercisers: exercisers(&entry.instrument, area),
                    effective,
                });
            }
        }
        found
    }

    fn fund(&self, fund: &RecordId) -> Option<FundKnown> {
        let entry = self.funds.get(fund)?;
        Some(FundKnown {
            funders: entry.funders.clone(),
            amount_pence: entry.amount_pence,
            per_patient_pence: entry.per_patient_pence,
            paid_pence: entry.payments.iter().map(|paid| paid.amount_pence).sum(),
            effective: entry.effective,
            payments: entry.payments.iter().map(|paid| paid.payment.clone()).collect(),
        })
    }
}

fn earliest<T>(rows: &[Row<T>]) -> Option<(Day, At)> {
    current(rows).map(|row| (row.effective.from(), row.origin)).min()
}

impl InstrumentEntry {
    /// A period in force, cut by the ends and notices known at a position. `None`: nothing is left.
    pub(crate) fn cut(&self, effective: Period, at: At) -> Option<Period> {
        let ends = self.ends.iter().filter(|row| row.known(at)).map(|row| row.effective.from());
        let notices =
            self.notices.iter().filter(|row| row.known(at)).map(|row| row.effective.from());
        ends.chain(notices).try_fold(effective, |period, until| {
            if until <= period.from() { None } else { period.cut(until) }
        })
    }
}

impl Register {
    /// A period cut where one of the bodies ceases.
    fn within_life(&self, bodies: &[u32], effective: Period) -> Period {
        bodies.iter().fold(effective, |period, id| {
            current(&self.bodies[*id as usize].roles)
                .find(|row| row.effective.contains(period.from()))
                .and_then(|row| row.effective.until())
                .and_then(|until| period.cut(until))
                .unwrap_or(period)
        })
    }
}
