//! What was measured: medians, spreads and ratios.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Under what conditions it is measured.
pub struct Conditions {
    /// Seconds a run.
    pub seconds: f64,
    /// Runs of each side.
    pub runs: usize,
    /// Events of the large log.
    pub events: u64,
    /// The server under test.
    pub remit: PathBuf,
    /// Where its files go.
    pub scratch: PathBuf,
}

/// The values of several runs.
#[derive(Clone, Default)]
pub struct Runs(pub Vec<f64>);

impl Runs {
    pub fn median(&self) -> f64 {
        let mut values = self.0.clone();
        values.sort_by(f64::total_cmp);
        match values.len() {
            0 => f64::NAN,
            n if n % 2 == 1 => values[n / 2],
            n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
        }
    }

    fn range(&self) -> (f64, f64) {
        let min = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let max = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (min, max)
    }

    fn show(&self) -> String {
        let (min, max) = self.range();
        if self.0.len() < 2 {
            return short(self.median());
        }
        format!("{} ({}-{})", short(self.median()), short(min), short(max))
    }

    fn json(&self) -> Value {
        let (min, max) = self.range();
        json!({"median": self.median(), "min": min, "max": max, "runs": self.0})
    }
}

fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 1e6 => format!("{:.2} M", value / 1e6),
        v if v >= 1e4 => format!("{:.0}", value),
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

struct Figure {
    name: String,
    unit: &'static str,
    ours: Runs,
    floor_name: String,
    floor: Runs,
    goal: Option<(&'static str, bool, f64)>,
}

/// All figures of one sitting.
#[derive(Default)]
pub struct Figures {
    figures: Vec<Figure>,
    load1: Vec<f64>,
}

impl Figures {
    /// A figure beside its floor. `goal`: its number, whether the ratio is to be at least it (or at
    /// most), and the ratio.
    pub fn ratio(
        &mut self,
        name: impl Into<String>,
        unit: &'static str,
        ours: Runs,
        (floor_name, floor): (&str, Runs),
        goal: Option<(&'static str, bool, f64)>,
    ) {
        let figure = Figure {
            name: name.into(),
            unit,
            ours,
            floor_name: floor_name.to_owned(),
            floor,
            goal,
        };
        eprintln!("{}", line(&figure).join(" | "));
        self.figures.push(figure);
    }

    /// A figure that has no floor.
    pub fn plain(
        &mut self,
        name: impl Into<String>,
        unit: &'static str,
        ours: Runs,
        aim: Option<(&'static str, bool, f64)>,
    ) {
        self.ratio(name, unit, ours, ("", Runs::default()), aim);
    }

    /// Notes how busy the machine is.
    pub fn note_quiet(&mut self) {
        let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        self.load1.extend(text.split(' ').next().and_then(|load| load.parse::<f64>().ok()));
    }

    pub fn print(&self) {
        let header =
            ["figure", "unit", "remit: median (range)", "floor: median (range)", "ratio", "goal"];
        let mut rows = vec![header.map(str::to_owned)];
        rows.extend(self.figures.iter().map(line));
        let widths: Vec<usize> = (0..header.len())
            .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
            .collect();
        for (index, row) in rows.iter().enumerate() {
            let cells: Vec<_> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
                .collect();
            println!("| {} |", cells.join(" | "));
            if index == 0 {
                let dashes: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
                println!("| {} |", dashes.join(" | "));
            }
        }
        println!("one-minute load before and after: {:?}", self.load1);
    }

    pub fn write(&self, path: &Path) {
        let figures: Vec<_> = self
            .figures
            .iter()
            .map(|figure| {
                json!({
                    "figure": figure.name,
                    "unit": figure.unit,
                    "remit": figure.ours.json(),
                    "floor_name": figure.floor_name,
                    "floor": if figure.floor.0.is_empty() { Value::Null }
                             else { figure.floor.json() },
                    "ratio": if figure.floor.0.is_empty() { Value::Null }
                             else { json!(figure.ours.median() / figure.floor.median()) },
                    "goal": figure.goal.map(|(number, least, goal)| json!({
                        "number": number, "at_least": least, "value": goal })),
                })
            })
            .collect();
        let all = json!({"figures": figures, "load1": self.load1});
        std::fs::write(path, serde_json::to_string_pretty(&all).expect("JSON")).expect("written");
        println!("written to {}", path.display());
    }
}

fn line(figure: &Figure) -> [String; 6] {
    let ratio = figure.ours.median() / figure.floor.median();
    let judged = if figure.floor.0.is_empty() { figure.ours.median() } else { ratio };
    let goal = figure.goal.map_or(String::new(), |(number, least, goal)| {
        let met = if least { judged >= goal } else { judged <= goal };
        let sign = if least { ">=" } else { "<=" };
        format!("{number} {sign} {goal}: {}", if met { "met" } else { "MISSED" })
    });
    let floor = match figure.floor.0.is_empty() {
        true => String::new(),
        false => format!("{} {}", figure.floor_name, figure.floor.show()),
    };
    let ratio = match figure.floor.0.is_empty() {
        true => String::new(),
        false => format!("{ratio:.2}"),
    };
    [figure.name.clone(), figure.unit.to_owned(), figure.ours.show(), floor, ratio, goal]
}

/// The value below which a share of the samples lies, in microseconds.
pub fn quantile_us(samples: &mut [u64], share: f64) -> f64 {
    if samples.is_empty() {
        return f64::NAN;
    }
    let index = ((samples.len() - 1) as f64 * share).round() as usize;
    let (_, value, _) = samples.select_nth_unstable(index);
    *value as f64 / 1_000.0
}
