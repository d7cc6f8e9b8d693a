//! What a row of law says, as it is stored.

use remit_domain::{
    BodyRole, FunctionCode, LegalBasis, LiableRule, Party, RuleContent, State, Step,
};
use serde::{Deserialize, Serialize};

use super::values::{As, On, Said, plain, values};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum RuleV1 {
    Liability { bases: Vec<As<LegalBasis>>, liable: As<LiableRule> },
    Receiving { bases: Vec<As<LegalBasis>>, roles: Vec<As<BodyRole>> },
    Notice { bases: Vec<As<LegalBasis>>, last: [u32; 2], ends: [u32; 2] },
    Continuity { basis: As<LegalBasis>, from: As<BodyRole>, to: As<BodyRole> },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum RuleV2 {
    Liability {
        bases: Vec<As<LegalBasis>>,
        liable: As<LiableRule>,
    },
    Receiving {
        bases: Vec<As<LegalBasis>>,
        roles: Vec<As<BodyRole>>,
    },
    Notice {
        bases: Vec<As<LegalBasis>>,
        last: [u32; 2],
        ends: [u32; 2],
    },
    Continuity {
        basis: As<LegalBasis>,
        from: As<BodyRole>,
        to: As<BodyRole>,
    },
    Giving {
        bases: Vec<As<LegalBasis>>,
        roles: Vec<As<BodyRole>>,
    },
    Onward {
        bases: Vec<As<LegalBasis>>,
    },
    Transition {
        bases: Vec<As<LegalBasis>>,
        step: As<Step>,
        from: Vec<As<State>>,
        by: Vec<As<Party>>,
    },
    Window {
        bases: Vec<As<LegalBasis>>,
        step: As<Step>,
        last: On,
    },
    Commencement {
        bases: Vec<As<LegalBasis>>,
        giver: As<BodyRole>,
        days: Vec<[u32; 2]>,
    },
    Vesting {
        functions: Vec<Said<FunctionCode>>,
        role: As<BodyRole>,
        ends: Vec<As<LegalBasis>>,
    },
    #[serde(rename = "read-across")]
    ReadAcross {
        from: As<BodyRole>,
        to: As<BodyRole>,
    },
}

impl From<RuleV1> for RuleV2 {
    fn from(rule: RuleV1) -> Self {
        match rule {
            RuleV1::Liability { bases, liable } => Self::Liability { bases, liable },
            RuleV1::Receiving { bases, roles } => Self::Receiving { bases, roles },
            RuleV1::Notice { bases, last, ends } => Self::Notice { bases, last, ends },
            RuleV1::Continuity { basis, from, to } => Self::Continuity { basis, from, to },
        }
    }
}

impl RuleV2 {
    pub(super) fn into_content(self) -> RuleContent {
        match self {
            Self::Liability { bases, liable } => {
                RuleContent::Liability { bases: values(bases), liable: liable.0 }
            }
            Self::Receiving { bases, roles } => {
                RuleContent::Receiving { bases: values(bases), roles: values(roles) }
            }
            Self::Notice { bases, last, ends } => RuleContent::Notice {
                bases: values(bases),
                last: (last[0], last[1]),
                ends: (ends[0], ends[1]),
            },
            Self::Continuity { basis, from, to } => {
                RuleContent::Continuity { basis: basis.0, from: from.0, to: to.0 }
            }
            Self::Giving { bases, roles } => {
                RuleContent::Giving { bases: values(bases), roles: values(roles) }
            }
            Self::Onward { bases } => RuleContent::Onward { bases: values(bases) },
            Self::Transition { bases, step, from, by } => RuleContent::Transition {
                bases: values(bases),
                step: step.0,
                from: values(from),
                by: values(by),
            },
            Self::Window { bases, step, last } => {
                RuleContent::Window { bases: values(bases), step: step.0, last: last.0 }
            }
            Self::Commencement { bases, giver, days } => RuleContent::Commencement {
                bases: values(bases),
                giver: giver.0,
                days: days.into_iter().map(|[month, day]| (month, day)).collect(),
            },
            Self::Vesting { functions, role, ends } => RuleContent::Vesting {
                functions: plain(functions),
                role: role.0,
                ends: values(ends),
            },
            Self::ReadAcross { from, to } => RuleContent::ReadAcross { from: from.0, to: to.0 },
        }
    }
}
