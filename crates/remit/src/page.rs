//! Renders a statement as a page for people: one HTML file with no scripts and no external
//! resources, which a browser can print. The page shows the contents of the checked file; the file
//! itself is the proof.

use remit_domain::Position;
use remit_statement::verify::confidence;
use remit_statement::{Asked, Verified};

use sha2::{Digest, Sha256};

use crate::statement::{claim, event_line, told};

const STYLE: &str = "\
body{font:16px/1.5 Georgia,serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111}\
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #999}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;\
                     padding:.25rem .6rem .25rem 0;border-bottom:1px solid #ddd}\
                     th{font-weight:normal;color:#555;width:12rem}\
                     .events td{font-size:.85rem}.claim{font-size:1.15rem}\
                     pre{font-size:.75rem;white-space:pre-wrap;word-break:break-all}\
                     tr{break-inside:avoid}@media print{body{margin:0;max-width:none}}";

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            c => safe.push(c),
        }
    }
    safe
}

fn row(html: &mut String, header: Option<&str>, cells: &[&str]) {
    *html += "<tr>";
    if let Some(header) = header {
        *html += &format!("<th scope=\"row\">{}</th>", escaped(header));
    }
    for cell in cells {
        *html += &format!("<td>{}</td>", escaped(cell));
    }
    *html += "</tr>\n";
}

fn digest(file: &str) -> String {
    Sha256::digest(file.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn title(verified: &Verified) -> String {
    match &verified.statement.asked {
        Asked::WhoHolds { function, place, effective_on, .. } => {
            format!("Statement: {function} at {place} on {effective_on}")
        }
        Asked::Nothing { key, .. } => format!("Statement: nothing recorded under {key}"),
    }
}

/// Renders a checked statement as an HTML page.
pub fn html(verified: &Verified) -> String {
    let statement = &verified.statement;
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <style>{STYLE}</style></head><body>\n\
         <h1>Statement from the register of commissioning functions</h1>\n\
         <p class=\"claim\">{}</p>\n<h2>What is stated</h2>\n<table>\n",
        escaped(&title(verified)),
        escaped(&claim(verified)),
    );
    for (what, says) in told(verified) {
        row(&mut html, Some(what), &[&says]);
    }
    html += "</table>\n";
    if let Some(stated) = &statement.answer {
        html += "<h2>The rules applied</h2>\n<table>\n";
        for rule in &stated.rules {
            row(&mut html, Some(&rule.id), &[&rule.text, &rule.citation]);
        }
        html += "</table>\n<h2>The events it rests on</h2>\n<table class=\"events\">\n\
                 <tr><td>event</td><td>recorded</td><td>what</td><td>from</td><td>source</td>\
                 <td>confidence</td></tr>\n";
        for position in &stated.rests_on {
            let Some(recorded) = verified.events.get(&Position::new(*position)) else { continue };
            let (what, day) = event_line(&recorded.event.fact);
            let evidence = &recorded.event.evidence;
            let at = recorded.recorded_at.to_string();
            let confidence = confidence(&recorded.event).to_string();
            let source = evidence.source.as_str();
            row(&mut html, None, &[&position.to_string(), &at, &what, &day, source, &confidence]);
        }
        html += "</table>\n";
    }
    html += "<h2>What it does not claim</h2>\n<ul>\n";
    for text in &statement.not_claimed {
        html += &format!("<li>{}</li>\n", escaped(text));
    }
    let (size, events) = (verified.checkpoint.size, verified.events.len());
    html += &format!(
        "</ul>\n<h2>How it is proved</h2>\n<p>This page shows what a file says; the file is the \
         proof. It encloses {events} of the {size} events of the register: all that bear on the \
         question. Check it with <code>remit verify</code>, or with the second verifier, and the \
         public key of the register, had from elsewhere. SHA-256 of the file: <code>{}</code>. It \
         rests on this checkpoint:</p>\n<pre>{}</pre>\n</body></html>\n",
        digest(&statement.text()),
        escaped(&statement.checkpoint),
    );
    html
}
