//! From a place to the commissioner in whose area it lies.

use super::*;

impl<'e> Known<'e> {
    pub(super) fn place(&self, place: &Place) -> Found {
        let id = match place {
            Place::Body(code) => return self.body(*code, 0),
            Place::Contract(id) => id,
        };
        let mut held = each!(self, ContractHeld { contract, .. } => contract);
        held.find(|held| *held == id).ok_or(("place-not-recorded", vec![]))?;
        self.led(&Member::Contract(id.clone()), PracticeOfCommissioner)
            .unwrap_or_else(|| self.body(id.practice().expect("it names its practice"), 0))
    }

    pub(super) fn commissioner(&self, of: BodyCode) -> Found {
        match self.role(of, self.on) {
            Some((role @ (Ccg | Icb), _)) => Ok((of, role)),
            Some((SubIcbLocation, _)) => {
                self.led(&Member::Body(of), SubIcbOfIcb).unwrap_or(NO_COMMISSIONER)
            }
            _ => NO_COMMISSIONER,
        }
    }

    pub(super) fn body(&self, code: BodyCode, depth: u32) -> Found {
        match self.role(code, self.on) {
            Some((Practice, _)) => self.practice(code),
            Some((Ccg | Icb | SubIcbLocation, _)) => self.commissioner(code),
            Some(_) => Err(("not-a-place", vec![])),
            None => self.successor(code, depth),
        }
    }

    /// Where a body that is not in being on the day leads.
    pub(super) fn successor(&self, code: BodyCode, depth: u32) -> Found {
        self.roles(code).next().ok_or(("place-not-recorded", vec![]))?;
        let starts = self.roles(code).map(|(_, period)| period.from());
        let last = starts.filter(|from| *from <= self.on).max();
        let last = last.ok_or(("place-not-yet-in-being", vec![]))?;
        let after = each!(self, SuccessionRecorded(s)
            if s.predecessor == code && s.by_area.is_some()
                && last < s.effective_on && s.effective_on <= self.on => s.successor);
        match after.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()[..] {
            [] => Err(("place-ceased", vec![])),
            [only] if depth < 16 => match self.body(only, depth + 1) {
                Err(("place-not-recorded", _)) => Err(("place-ceased", vec![])),
                found => found,
            },
            ref all => Err(("area-divided", sorted(all.iter().map(BodyCode::to_string)))),
        }
    }

    pub(super) fn practice(&self, code: BodyCode) -> Found {
        let all = sorted(each!(self, ContractHeld { contract, .. }
            | MembershipStarted(Membership { member: Member::Contract(contract), .. })
            | MembershipEnded { member: Member::Contract(contract), .. }
            if contract.practice() == Some(code) => contract));
        let led = |c: &ContractId| self.led(&Member::Contract(c.clone()), PracticeOfCommissioner);
        let areas = sorted(all.iter().filter_map(|c| led(c)).collect::<Result<Vec<_>, _>>()?);
        let ask = all.iter().filter(|c| led(c).is_some()).map(|c| c.to_string());
        match (&areas[..], self.led(&Member::Body(code), PracticeOfCommissioner)) {
            ([], own) => own.unwrap_or(NO_COMMISSIONER),
            ([agreed], None) => Ok(*agreed),
            ([agreed], Some(own)) if own.is_err() || own == Ok(*agreed) => own,
            _ => Err(("contracts-differ", sorted(ask))),
        }
    }
}
