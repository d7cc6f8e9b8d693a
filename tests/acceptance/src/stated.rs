//! Every question that a test asks is stated, too: the statement is checked by both verifiers, ours
//! at once and the one in Python when the server has stopped, from a directory that holds nothing
//! else.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use remit_grpc::pb;
use remit_ledger::VerifierKey;
use remit_statement::verify;

/// The statements of one world.
#[derive(Default)]
pub struct Statements {
    key: String,
    texts: Vec<String>,
}

impl Statements {
    /// Checks a statement, and that it says what the answer says.
    pub fn add(&mut self, text: String, key: String, answer: &pb::Answer) {
        let verified = verify(&text, &[VerifierKey::parse(&key).expect("a key")]);
        let verified = verified.unwrap_or_else(|refused| panic!("{refused}\n{text}"));
        let says = verified.statement.answer.expect("an answer").says;
        let liable = answer.liable.clone().unwrap_or_default();
        let sorted = |list: &[String]| {
            let mut list = list.to_vec();
            list.sort();
            list
        };
        let kind = answer.kind().as_str_name().trim_start_matches("RESULT_KIND_").to_lowercase();
        assert_eq!(says.kind, kind.replace('_', "-"));
        assert_eq!(says.holder.unwrap_or_default(), answer.holder);
        assert_eq!(says.area.unwrap_or_default(), answer.area);
        assert_eq!(says.exercisers, sorted(&answer.exercisers));
        assert_eq!(says.liable, sorted(&liable.bodies));
        assert_eq!(says.rules, sorted(&liable.rules));
        assert_eq!(says.instruments, sorted(&answer.instruments));
        self.key = key;
        self.texts.push(text);
    }

    /// Has the second verifier check all of them, without a server.
    pub fn check(&self) {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        if self.texts.is_empty() {
            return;
        }
        let Some(python) = tools::python_of_the_verifier() else { return };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("remit-stated-{}-{number}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&dir).expect("made");
        std::fs::write(dir.join("register.pub"), &self.key).expect("written");
        for (number, text) in self.texts.iter().enumerate() {
            std::fs::write(dir.join(format!("{number:04}.json")), text).expect("written");
        }
        let all = "import glob, sys; sys.path.insert(0, sys.argv[1]); import verify\n\
                   sys.exit(max(verify.main([f, 'register.pub']) for f in glob.glob('*.json')))";
        let verifier = tools::root().join("deploy/verifier");
        let mut python = Command::new(python);
        let output = python.args(["-B", "-c", all]).arg(verifier).current_dir(&dir).output();
        let output = output.expect("python");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::remove_dir_all(dir).expect("removed");
    }
}
