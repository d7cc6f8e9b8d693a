//! Sample facts about earlier events, each with the name of its golden file.

use super::committees::interest;
use super::*;

fn corrected(kind: CorrectionKind, about: Option<u32>, fact: Option<Fact>) -> Fact {
    Fact::from(Correction {
        kind,
        about: about.map(Position::from),
        authority: of("the contracts register"),
        reason: of("mis-keyed"),
        fact: fact.map(Box::new),
    })
}

pub fn facts() -> Vec<(&'static str, Fact)> {
    vec![
        (
            "recorded-late",
            corrected(
                CorrectionKind::RecordedLate,
                None,
                Some(Fact::from(RuleCommenced { rule: of("L9"), effective: period() })),
            ),
        ),
        ("error-corrected", corrected(CorrectionKind::ErrorCorrected, Some(17), None)),
        (
            "error-corrected-instead",
            corrected(
                CorrectionKind::ErrorCorrected,
                Some(17),
                Some(Fact::from(RuleEnded { rule: of("L9"), effective_until: day("2027-04-01") })),
            ),
        ),
        (
            "effect-backdated",
            corrected(
                CorrectionKind::EffectBackdated,
                Some(17),
                Some(Fact::from(RuleEnded { rule: of("L9"), effective_until: day("2027-04-01") })),
            ),
        ),
        ("recorded-late-interest", corrected(CorrectionKind::RecordedLate, None, Some(interest()))),
        (
            "field-redacted",
            Fact::from(FieldRedacted {
                about: Position::new(4_700),
                field: PersonalField::Handled(2),
                reason: of("erasure asked for"),
                authority: of("data protection officer"),
            }),
        ),
    ]
}
