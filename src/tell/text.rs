//! An explanation in full, for operators: lines of 80 columns, but for words that are longer.

use core::fmt;

use super::condition::{self, Alone};
use super::element::{self, Place};
use super::explanation::Explanation;
use super::key_name::KeyName;
use super::plain::Plain;
use super::wrap::Lines;
use crate::evaluate::decision::Effect;
use crate::evaluate::explanation::{
    JudgedCondition, JudgedStatement, Need, Role, SilentLayer, Verdict, is_enough,
};

/// Statements that are told of at most for each reason; the rest is counted.
const MOST_STATEMENTS: usize = 5;

/// In full, for operators: what was decided, each statement that decides, and what nearly did. Lines have at most 80 columns,
/// but for words that are longer, and no line end follows the last. It tells what policies say: clients get
/// [`for_clients`](Explanation::for_clients).
impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(verdict) = self.verdict() else { return f.write_str("no decision") };
        let lines = &mut Lines::new(f);
        self.head(lines, &verdict)?;
        self.group(lines, "Denied by", |of| of.role == Role::Decides && of.denies)?;
        but_for(lines, &verdict)?;
        self.group(lines, "Allowed by", |of| of.role == Role::Decides && !of.denies)?;
        self.group(lines, "Nearly denied by", |of| of.role == Role::NearMiss && of.denies)?;
        // That there could be a policy is news only where the decision says so, or there is none at all.
        let is_news = |silent: &SilentLayer| {
            silent.is_there || silent.need == Need::Needed || verdict.layer == Some(silent.layer)
        };
        let all = !self.silent_layers().any(|silent| is_news(&silent));
        let mut silent = self.silent_layers().filter(|silent| all || is_news(silent));
        silent.try_for_each(|silent| self.silent(lines, &silent))
    }
}

impl Explanation<'_> {
    /// What was decided, and of what.
    fn head(&self, lines: &mut Lines<'_>, verdict: &Verdict) -> fmt::Result {
        lines.line(0)?;
        lines.word(format_args!("{}:", verdict.effect))?;
        lines.say(verdict.reason.message())?;
        for text in [self.request.who(), self.request.action(), self.resource()] {
            lines.line(2)?;
            if text.is_empty() { lines.say("no resource")? } else { lines.word(Plain(text))? }
        }
        let mut keys = self.request.needed_keys(verdict.needs).peekable();
        if keys.peek().is_some() {
            lines.line(0)?;
            lines.say("To decide, fetch:")?;
        }
        while let Some(key) = keys.next() {
            let comma = if keys.peek().is_some() { "," } else { "" };
            lines.word(format_args!("{}{comma}", KeyName(key.as_bytes())))?;
        }
        Ok(())
    }

    /// The statements that belong together, each with its conditions.
    fn group(
        &self,
        lines: &mut Lines<'_>,
        how: &str,
        belongs: impl Fn(&JudgedStatement) -> bool,
    ) -> fmt::Result {
        let mut left = 0_usize;
        for (number, (statement, conditions)) in self.statements().filter(|(of, _)| belongs(of)).enumerate() {
            if number >= MOST_STATEMENTS {
                left += 1;
                continue;
            }
            lines.line(0)?;
            lines.say(how)?;
            lines.word(format_args!("{},", Place(self, &statement)))?;
            element::layer(lines, statement.layer, statement.level)?;
            element::lacking(lines, 2, self, &statement)?;
            for condition in conditions {
                condition::condition(lines, 2, self, (statement.denies, Alone::Yes), &condition)?;
            }
        }
        rest(lines, 0, left)
    }

    /// A layer whose Allow is missing, and the statements that nearly allow.
    fn silent(&self, lines: &mut Lines<'_>, silent: &SilentLayer) -> fmt::Result {
        lines.line(0)?;
        lines.say(if silent.is_there { "No" } else { "There is no" })?;
        element::layer(lines, silent.layer, silent.level)?;
        lines.say(match (silent.is_there, silent.need) {
            (true, Need::Needed) => "allows this. One has to.",
            (true, Need::OneWay) => "allows this. One could.",
            (false, Need::Needed) => "here. One has to allow this.",
            (false, Need::OneWay) => "here. One could allow this.",
        })?;
        let belongs = |of: &JudgedStatement| {
            (of.layer, of.level) == (silent.layer, silent.level) && of.role != Role::Decides && !of.denies
        };
        let mut left = 0_usize;
        let mut none = true;
        for (number, (statement, conditions)) in self.statements().filter(|(of, _)| belongs(of)).enumerate() {
            none = false;
            if number >= MOST_STATEMENTS {
                left += 1;
                continue;
            }
            lines.line(2)?;
            lines.say(if statement.lacks() <= 1 { "nearly allowed by" } else { "nearest is" })?;
            lines.word(format_args!("{}:", Place(self, &statement)))?;
            element::lacking(lines, 4, self, &statement)?;
            self.failing(lines, &statement, conditions)?;
        }
        if none && silent.is_there {
            lines.line(2)?;
            lines.say("it has no Allow")?;
        }
        rest(lines, 2, left)
    }

    /// The conditions that keep a statement from allowing.
    fn failing(
        &self,
        lines: &mut Lines<'_>,
        statement: &JudgedStatement,
        conditions: impl Iterator<Item = JudgedCondition> + Clone,
    ) -> fmt::Result {
        let fails = |condition: &JudgedCondition| !is_enough(condition.truth, statement.denies);
        let key = |condition: &JudgedCondition| self.condition(condition).map(|text| text.folded_key());
        let is_only_one = statement.lacks() == 1 && conditions.clone().filter(fails).count() == 1;
        for condition in conditions.clone().filter(fails) {
            // What helps this condition could turn another that asks for the same key.
            let asks = conditions.clone().filter(|other| key(other) == key(&condition)).count();
            let alone = if is_only_one && asks == 1 { Alone::Yes } else { Alone::No };
            condition::condition(lines, 4, self, (statement.denies, alone), &condition)?;
        }
        Ok(())
    }
}

/// What would have been decided if nothing denied.
fn but_for(lines: &mut Lines<'_>, verdict: &Verdict) -> fmt::Result {
    if verdict.effect != Effect::ExplicitDeny {
        return Ok(());
    }
    lines.line(0)?;
    match verdict.denies {
        1 => lines.say("Without this Deny:")?,
        count => {
            lines.say("Without these")?;
            lines.word(count)?;
            lines.say("Denies:")?;
        }
    }
    lines.say(verdict.without_denies.message())
}

/// How many more there are.
fn rest(lines: &mut Lines<'_>, indent: usize, left: usize) -> fmt::Result {
    if left == 0 {
        return Ok(());
    }
    lines.line(indent)?;
    lines.say("and")?;
    lines.word(left)?;
    lines.say("more")
}
