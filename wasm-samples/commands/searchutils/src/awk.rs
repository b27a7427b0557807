//! `awk [-F FS] [-v NAME=VALUE]… [-f FILE | PROGRAM] [FILE…]` over the interpreter of awk-rs.

use awk_rs::ast::{Block, Pattern, Program, Rule, Stmt};
use awk_rs::{Interpreter, Lexer, Parser, Token, TokenKind};
use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Write};

const USAGE: &str = "usage: awk [-F FS] [-v NAME=VALUE]... [-f FILE | PROGRAM] [FILE...]";

#[derive(Default)]
struct Call {
    separator: Option<String>,
    variables: Vec<(String, String)>,
    program: Option<String>,
    operands: Vec<String>,
}

impl Call {
    /// Options end at the first operand or `--`.
    fn parse(args: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut call = Self::default();
        let mut args = args.peekable();
        while let Some(arg) = args.next_if(|arg| arg.len() > 1 && arg.starts_with('-')) {
            if arg == "--" {
                break;
            }
            let (option, rest) = (arg.as_bytes()[1], arg.get(2..).unwrap_or_default());
            let value = if rest.is_empty() { args.next() } else { Some(rest.to_owned()) };
            call.option(option, value.ok_or(USAGE)?)?;
        }
        if call.program.is_none() {
            call.program = Some(args.next().ok_or(USAGE)?);
        }
        call.operands = args.collect();
        Ok(call)
    }

    fn option(&mut self, option: u8, value: String) -> Result<(), Box<dyn Error>> {
        match option {
            b'F' => self.separator = Some(if value == "t" { "\t".to_owned() } else { unescape(&value) }),
            b'v' => self.variables.push(assignment(&value).ok_or("awk: -v needs NAME=VALUE")?),
            b'f' => {
                let text = if value == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(&value) };
                let text = text.map_err(|error| format!("awk: {value}: {error}"))?;
                self.program.get_or_insert_default().push_str(&(text + "\n"));
            }
            _ => return Err(USAGE.into()),
        }
        Ok(())
    }
}

/// `NAME=VALUE`, with the escapes of a string in the value.
fn assignment(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let word = |at: usize, c: char| c == '_' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit());
    let named = !name.is_empty() && name.chars().enumerate().all(|(at, c)| word(at, c));
    named.then(|| (name.to_owned(), unescape(value)))
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let next = if c == '\\' { chars.next() } else { None };
        match next {
            None => out.push(c),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\\') => out.push('\\'),
            Some('"') => out.push('"'),
            Some('/') => out.push('/'),
            // Left for a regular expression.
            Some(other) => out.extend(['\\', other]),
        }
    }
    out
}

/// The parser takes `length` without parentheses for a variable.
fn complete(tokens: Vec<Token>) -> Vec<Token> {
    let mut whole: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let bare = whole.last().is_some_and(|last| matches!(&last.kind, TokenKind::Identifier(name) if name == "length"));
        if bare && !matches!(token.kind, TokenKind::LeftParen) {
            let (line, column) = (token.location.line, token.location.column);
            whole.push(Token::new(TokenKind::LeftParen, line, column));
            whole.push(Token::new(TokenKind::RightParen, line, column));
        }
        whole.push(token);
    }
    whole
}

/// Mends what the interpreter does differently: its `next` and `exit` go on with the rule's next statement, so that each gets
/// a `return` behind it, which ends a rule; `exit` leaves out END, so that END goes before it; and there is one END.
fn mend(program: &mut Program) -> Result<(), Box<dyn Error>> {
    // There `return` would only lead back to the caller.
    if program.functions.iter_mut().any(|function| jumps(&mut function.body, &[]) > 0) {
        return Err("awk: next and exit inside a function are not supported here".into());
    }
    let is_end = |pattern: &Option<Pattern>| matches!(pattern, Some(Pattern::End));
    let (ends, mut rules): (Vec<Rule>, Vec<Rule>) = program.rules.drain(..).partition(|rule| is_end(&rule.pattern));
    let mut end: Vec<Stmt> = ends.iter().filter_map(|rule| rule.action.clone().map(Stmt::Block)).collect();
    end.iter_mut().for_each(|statement| {
        jumps_in(statement, &[]);
    });
    rules.iter_mut().filter_map(|rule| rule.action.as_mut()).for_each(|action| {
        jumps(action, &end);
    });
    if let Some(last) = ends.into_iter().next_back() {
        rules.push(Rule { action: Some(Block::new(end, last.location)), ..last });
    }
    program.rules = rules;
    Ok(())
}

/// Returns how many `next` and `exit` there were. `end`: what goes before an `exit`.
fn jumps(block: &mut Block, end: &[Stmt]) -> usize {
    block.statements.iter_mut().map(|statement| jumps_in(statement, end)).sum()
}

fn jumps_in(statement: &mut Stmt, end: &[Stmt]) -> usize {
    let (location, before) = match statement {
        Stmt::Exit { location, .. } => (*location, end),
        Stmt::Next { location } | Stmt::Nextfile { location } => (*location, &end[..0]),
        Stmt::Block(block) => return jumps(block, end),
        Stmt::If { then_branch, else_branch, .. } => {
            return jumps_in(then_branch, end) + else_branch.as_deref_mut().map_or(0, |branch| jumps_in(branch, end));
        }
        Stmt::While { body, .. } | Stmt::DoWhile { body, .. } | Stmt::For { body, .. } | Stmt::ForIn { body, .. } => {
            return jumps_in(body, end);
        }
        _ => return 0,
    };
    let jump = std::mem::replace(statement, Stmt::Empty);
    let statements = before.iter().cloned().chain([jump, Stmt::Return { value: None, location }]).collect();
    *statement = Stmt::Block(Block::new(statements, location));
    1
}

/// Without other rules no input is read.
fn only_begins(program: &Program) -> bool {
    program.rules.iter().all(|rule| matches!(rule.pattern, Some(Pattern::Begin)))
}

fn open(path: &str) -> Result<Box<dyn BufRead>, Box<dyn Error>> {
    if path == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path).map_err(|error| format!("awk: {path}: {error}"))?;
    Ok(Box::new(BufReader::with_capacity(1 << 16, file)))
}

/// Lines go out one by one where someone watches.
fn output() -> Box<dyn Write> {
    let stdout = io::stdout();
    if stdout.is_terminal() { Box::new(stdout) } else { Box::new(BufWriter::with_capacity(1 << 16, stdout)) }
}

fn run(args: Vec<String>) -> Result<i32, Box<dyn Error>> {
    let call = Call::parse(args.into_iter().skip(1))?;
    let tokens = Lexer::new(&call.program.unwrap_or_default()).tokenize()?;
    let mut program = Parser::new(complete(tokens)).parse()?;
    mend(&mut program)?;
    let mut interpreter = Interpreter::new(&program);
    interpreter.set_args([vec!["awk".to_owned()], call.operands.clone()].concat());
    if let Some(separator) = &call.separator {
        interpreter.set_fs(separator);
    }
    let (mut inputs, mut names) = (Vec::new(), Vec::new());
    for (name, value) in &call.variables {
        interpreter.set_variable(name, value);
    }
    for operand in call.operands {
        if let Some((name, value)) = assignment(&operand) {
            interpreter.set_variable(&name, &value);
        } else {
            inputs.push(open(&operand)?);
            names.push(operand);
        }
    }
    if only_begins(&program) {
        inputs.clear();
    } else if inputs.is_empty() {
        inputs.push(open("-")?);
        names.push(String::new());
    }
    interpreter.set_filenames(names);
    let mut out = output();
    let code = interpreter.run(inputs, &mut out)?;
    out.flush()?;
    Ok(code)
}

pub fn main(args: Vec<OsString>) -> i32 {
    let args = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    run(args).unwrap_or_else(|error| {
        let text = error.to_string();
        let prefix = if text.starts_with("awk: ") || text == USAGE { "" } else { "awk: " };
        eprintln!("{prefix}{text}");
        2
    })
}
