//! Checks of facts about committees: declared interests and decisions.

use crate::fact::{CommitteeFact, DecisionTaken, InterestDeclared};
use crate::fault::MoneyFault;

use super::Checks;
use super::money::FundKnown;

impl Checks<'_> {
    pub(super) fn committees(&mut self, fact: &CommitteeFact) {
        match fact {
            CommitteeFact::InterestDeclared(declared) => self.interest(declared),
            CommitteeFact::DecisionTaken(taken) => self.decision(taken),
        }
    }

    fn interest(&mut self, declared: &InterestDeclared) {
        let InterestDeclared { body, concerns, declared_on, .. } = declared;
        self.in_being("body", *body, *declared_on);
        self.in_being("concerns", *concerns, *declared_on);
    }

    fn decision(&mut self, taken: &DecisionTaken) {
        let DecisionTaken { body, fund, payment, decided_on, .. } = taken;
        self.in_being("body", *body, *decided_on);
        match FundKnown::find(self.known, fund) {
            None => self.refuse("fund", MoneyFault::FundUnknown { fund: fund.clone() }),
            Some(known) if !known.has(payment) => {
                let (fund, payment) = (fund.clone(), payment.clone());
                self.refuse("payment", MoneyFault::PaymentUnknown { fund, payment });
            }
            Some(_) => {}
        }
    }
}
