//! Bodies: who they are, when, under which names, what succeeds them and what belongs to them.

use crate::code::{BodyCode, ContractId};
use crate::evidence::Confidence;
use crate::period::{Day, Period};
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// What a body is for a period. One code can change role: identity is code, role and period.
    BodyRole, "body role";
    /// The Secretary of State and the department he heads.
    SecretaryOfState = "secretary-of-state",
    /// The NHS Commissioning Board, since 1 July 2022 in law NHS England. One legal person.
    NhsEngland = "nhs-england",
    /// A region of NHS England: a part of that legal person.
    NhsEnglandRegion = "nhs-england-region",
    /// An area team of NHS England, 2013 to 2015.
    NhsEnglandAreaTeam = "nhs-england-area-team",
    /// A local office of NHS England, 2015 to 2020.
    NhsEnglandLocalOffice = "nhs-england-local-office",
    /// A commissioning hub of NHS England.
    CommissioningHub = "commissioning-hub",
    /// A clinical commissioning group, 1 April 2013 to 30 June 2022.
    Ccg = "ccg",
    /// A sustainability and transformation partnership: planning, no legal person.
    Stp = "stp",
    /// An integrated care board, from 1 July 2022.
    Icb = "icb",
    /// A place within an ICB that keeps the code of the CCG before it.
    SubIcbLocation = "sub-icb-location",
    /// A reporting entity within an ICB.
    SubIcbReportingEntity = "sub-icb-reporting-entity",
    /// A general practice.
    Practice = "practice",
    /// A primary care network.
    Pcn = "pcn",
    /// A GP federation or company of practices.
    Federation = "federation",
    /// An NHS trust or foundation trust.
    Trust = "trust",
    /// A local or combined authority.
    LocalAuthority = "local-authority",
}

impl BodyRole {
    /// Whether a body in this role has an area whose commissioning can be asked about.
    #[must_use]
    pub fn is_commissioner(self) -> bool {
        matches!(self, Self::Ccg | Self::Icb)
    }

    /// Whether a body in this role is one to which all others answer.
    #[must_use]
    pub fn is_national(self) -> bool {
        matches!(self, Self::NhsEngland | Self::SecretaryOfState)
    }
}

vocabulary! {
    /// The legal form of a federation or practice company: it decides which contracts it may hold.
    LegalForm, "legal form";
    /// A general practitioner or a partnership with at least one.
    Partnership = "partnership",
    /// A company limited by shares that meets the conditions of s.86 and s.93.
    SharesQualifying = "limited-by-shares-qualifying",
    /// A company limited by shares that does not meet them.
    SharesOther = "limited-by-shares",
    /// A company limited by guarantee.
    Guarantee = "limited-by-guarantee",
    /// A statutory body.
    Statutory = "statutory",
}

vocabulary! {
    /// The kind of a primary medical services contract.
    ContractType, "contract type";
    /// General medical services contract (2006 Act s.84).
    Gms = "gms",
    /// Personal medical services agreement (s.92).
    Pms = "pms",
    /// Alternative provider medical services (s.83(2)).
    Apms = "apms",
}

impl ContractType {
    /// Whether a body of this legal form may hold it.
    ///
    /// Source: 2006 Act s.86 (GMS), s.93 (PMS, "qualifying body"), s.83(2) (APMS: any person).
    #[must_use]
    pub fn may_be_held_by(self, form: LegalForm) -> bool {
        match self {
            Self::Apms => true,
            Self::Gms | Self::Pms => {
                matches!(form, LegalForm::Partnership | LegalForm::SharesQualifying)
            }
        }
    }
}

/// A body coming into being in a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its code.
    pub code: BodyCode,
    /// What it is in this period.
    pub role: BodyRole,
    /// The name it had when it came into being in the role, or the last one known.
    pub name: Text,
    /// Its legal form, where that matters.
    pub legal_form: Option<LegalForm>,
    /// When it is in being in the role.
    pub effective: Period,
}

/// One predecessor's passing to one successor. Many-to-many: a merger is several of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// Who ends or gives.
    pub predecessor: BodyCode,
    /// Who begins or receives.
    pub successor: BodyCode,
    /// The first day of the successor.
    pub effective_on: Day,
    /// What kind of change it is.
    pub kind: SuccessionKind,
    /// Whether the successor takes the predecessor's area or a part of it, and how sure that is.
    pub by_area: Option<Confidence>,
    /// Whether the successor takes its liabilities or some of them, and how sure that is.
    pub by_liability: Option<Confidence>,
    /// The share of the area that passes, in millionths, where a source gives it.
    pub share_millionths: Option<u32>,
}

vocabulary! {
    /// What kind of change a succession is.
    SuccessionKind, "succession kind";
    /// Several bodies into a new one.
    Merger = "merger",
    /// A part of a body into another.
    Split = "split",
    /// A body, or a part, into one that goes on.
    Acquisition = "acquisition",
    /// CCG to ICB on 1 July 2022.
    CcgToIcb = "ccg-to-icb",
    /// A part of an area moves between two bodies that both go on.
    BoundaryMove = "boundary-move",
}

/// What belongs to a group: a body, or one contract of a practice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// A body; for a practice: all of its contracts that are not recorded on their own.
    Body(BodyCode),
    /// One contract.
    Contract(ContractId),
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Body(code) => code.fmt(f),
            Self::Contract(id) => id.fmt(f),
        }
    }
}

vocabulary! {
    /// In what sense a member belongs to a group.
    Relation, "relation";
    /// Practice or contract of a CCG; after June 2022 of the sub-ICB location.
    PracticeOfCommissioner = "practice-of-commissioner",
    /// Practice of a primary care network.
    PracticeOfPcn = "practice-of-pcn",
    /// Practice of a federation.
    PracticeOfFederation = "practice-of-federation",
    /// Sub-ICB location of an ICB.
    SubIcbOfIcb = "sub-icb-of-icb",
    /// CCG of a sustainability and transformation partnership.
    CcgOfStp = "ccg-of-stp",
    /// STP of a region.
    StpOfRegion = "stp-of-region",
    /// ICB of a region.
    IcbOfRegion = "icb-of-region",
    /// CCG of an area team.
    CcgOfAreaTeam = "ccg-of-area-team",
    /// CCG of a local office.
    CcgOfLocalOffice = "ccg-of-local-office",
    /// CCG of a region.
    CcgOfRegion = "ccg-of-region",
    /// Primary care network of a commissioner.
    PcnOfCommissioner = "pcn-of-commissioner",
}

impl Relation {
    /// Whether a member belongs to one group of this relation at a time.
    ///
    /// Federations are many-to-many (reference section 9), and the published network data hold
    /// practices that are in two networks at once.
    #[must_use]
    pub fn is_exclusive(self) -> bool {
        !matches!(self, Self::PracticeOfFederation | Self::PracticeOfPcn)
    }
}

/// One member's belonging to one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Who belongs.
    pub member: Member,
    /// To what.
    pub group: BodyCode,
    /// In what sense.
    pub relation: Relation,
    /// When.
    pub effective: Period,
}
