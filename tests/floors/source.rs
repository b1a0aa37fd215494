//! The Rust files of a package, read with `syn`: what each names of the others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, UseTree};

/// A file, as the compiler sees it.
pub struct Source {
    /// From the root of the repository, with `/`.
    pub name: String,
    pub text: String,
    /// The module that it is, from the root of its crate.
    pub module: Vec<String>,
    /// Its items, without those for tests.
    pub items: Vec<Item>,
    /// Its inner attributes.
    pub attributes: Vec<Attribute>,
    pub is_tests: bool,
}

/// A word of the code, and its line.
pub struct Word {
    pub word: String,
    pub line: usize,
    /// Whether `::` follows it.
    pub is_path: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The Rust files of a folder, which is the source of a crate.
pub fn sources(folder: &str) -> Vec<Source> {
    let root = root().join(folder);
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    files.iter().map(|path| Source::read(path, &root)).collect()
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_test = |attribute: &Attribute| {
        attribute.path().is_ident("cfg") && attribute.to_token_stream().to_string().contains("(test)")
    };
    attributes.iter().any(is_test)
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

impl Source {
    fn read(path: &Path, crate_root: &Path) -> Self {
        let text = fs::read_to_string(path).expect("UTF-8");
        let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
        let inside = path.strip_prefix(crate_root).expect("below its crate").with_extension("");
        let mut module: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if module.last().is_some_and(|last| last == "mod") || module == ["lib"] || module == ["main"] {
            module.pop();
        }
        Self::parse(name, text, module)
    }

    /// A file of this text.
    pub fn parse(name: String, text: String, module: Vec<String>) -> Self {
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let is_tests = name.ends_with("_tests.rs") || name.ends_with("/tests.rs");
        let items = file.items.into_iter().filter(|item| !is_for_tests(attributes(item))).collect();
        Self { name, text, module, items, attributes: file.attrs, is_tests }
    }

    /// The lines that are not those of tests at its foot; of a file of tests, all.
    pub fn lines(&self) -> usize {
        let lines = self.text.lines();
        if self.is_tests {
            lines.count()
        } else {
            lines.take_while(|line| line.trim() != "#[cfg(test)]").count()
        }
    }

    /// All words of its code, but for those of tests at its foot.
    pub fn words(&self) -> Vec<Word> {
        let mut words = Vec::new();
        for item in &self.items {
            add_words(item.to_token_stream(), &mut words);
        }
        words
    }

    /// The paths that it names, with `crate`, `self` and `super` resolved; those of other crates are left out.
    fn paths(&self) -> Vec<Vec<String>> {
        let mut paths = Vec::new();
        for item in &self.items {
            match item {
                Item::Use(item) => add_uses(&item.tree, &mut Vec::new(), &mut paths),
                _ => {
                    let mut own = Vec::new();
                    add_paths(item.to_token_stream(), &mut own);
                    paths.extend(own.into_iter().filter(|path| path.len() > 1));
                }
            }
        }
        paths.into_iter().filter_map(|path| self.resolve(path)).collect()
    }

    fn resolve(&self, path: Vec<String>) -> Option<Vec<String>> {
        let mut base = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.module.clone(),
            child if self.has_child(child) => self.module.clone(),
            _ => return None,
        };
        for part in path {
            match part.as_str() {
                "crate" | "self" => {}
                "super" => drop(base.pop()),
                _ => base.push(part),
            }
        }
        Some(base)
    }

    /// Whether it declares this module.
    fn has_child(&self, name: &str) -> bool {
        self.items.iter().any(|item| matches!(item, Item::Mod(child) if child.ident == name))
    }

    /// What it hands on from its own modules, by name: the path that the name stands for.
    fn handed_on(&self) -> BTreeMap<String, Vec<String>> {
        let mut paths = Vec::new();
        for item in &self.items {
            if let Item::Use(item) = item
                && !matches!(item.vis, syn::Visibility::Inherited)
            {
                add_uses(&item.tree, &mut Vec::new(), &mut paths);
            }
        }
        let absolute = |path: Vec<String>| match path.first().map(String::as_str) {
            Some("crate" | "self" | "super") => self.resolve(path),
            _ => Some([self.module.clone(), path].concat()),
        };
        paths.into_iter().filter_map(|path| Some((path.last()?.clone(), absolute(path)?))).collect()
    }
}

fn add_words(tokens: TokenStream, words: &mut Vec<Word>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) => {
                let is_path =
                    matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
                words.push(Word { word: ident.to_string(), line: ident.span().start().line, is_path });
            }
            TokenTree::Group(group) => add_words(group.stream(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Paths in code, inside macros as well: words with `::` between. A word alone is none, as in `pub(crate)`.
fn add_paths(tokens: TokenStream, paths: &mut Vec<Vec<String>>) {
    let mut path: Vec<String> = Vec::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            TokenTree::Ident(ident) => {
                if colons != 2 || path.is_empty() {
                    paths.push(std::mem::take(&mut path));
                }
                path.push(ident.to_string());
                colons = 0;
            }
            other => {
                if let TokenTree::Group(group) = &other {
                    add_paths(group.stream(), paths);
                }
                paths.push(std::mem::take(&mut path));
                colons = 0;
            }
        }
    }
    paths.push(path);
}

fn add_uses(tree: &UseTree, before: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    let mut named = |ident: &syn::Ident| {
        let name = ident.to_string();
        let own = if name == "self" { None } else { Some(name) };
        paths.push(before.iter().cloned().chain(own).collect());
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            add_uses(&path.tree, before, paths);
            before.pop();
        }
        UseTree::Name(name) => named(&name.ident),
        UseTree::Rename(name) => named(&name.ident),
        UseTree::Glob(_) => paths.push(before.clone()),
        UseTree::Group(group) => {
            for tree in &group.items {
                add_uses(tree, before, paths);
            }
        }
    }
}

/// For each file of a crate, those of its files that it uses.
pub fn arrows(sources: &[Source]) -> BTreeMap<&str, BTreeSet<&str>> {
    let files: BTreeMap<&[String], &Source> =
        sources.iter().map(|source| (source.module.as_slice(), source)).collect();
    let handed_on: BTreeMap<&[String], BTreeMap<String, Vec<String>>> =
        sources.iter().map(|source| (source.module.as_slice(), source.handed_on())).collect();
    // The file where what a path names is written: its module's, or where that module has it from.
    let find = |mut path: Vec<String>| {
        loop {
            let depth = (0..=path.len()).rev().find(|depth| files.contains_key(&path[..*depth]))?;
            let module = &path[..depth];
            let next = path.get(depth).and_then(|name| handed_on.get(module)?.get(name));
            let farther = next.map(|next| [next.clone(), path[depth + 1..].to_vec()].concat());
            match farther.filter(|farther| *farther != path) {
                Some(farther) => path = farther,
                // A module whose file is elsewhere.
                None if path.get(depth).is_some_and(|name| files[module].has_child(name)) => return None,
                None => return files.get(module).copied(),
            }
        }
    };
    let used = |source: &Source| {
        let paths = source.paths().into_iter().filter_map(find);
        let others = paths.filter(|other| other.name != source.name && !other.is_tests);
        others.map(|other| other.name.as_str()).collect()
    };
    let files = sources.iter().filter(|source| !source.is_tests);
    files.map(|source| (source.name.as_str(), used(source))).collect()
}

/// A circle among files, if there is one.
pub fn circle<'a>(arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    fn walk<'a>(
        file: &'a str,
        arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(at) = way.iter().position(|one| *one == file) {
            return Some(way[at..].to_vec());
        }
        if !done.insert(file) {
            return None;
        }
        way.push(file);
        let found = arrows.get(file)?.iter().find_map(|next| walk(next, arrows, way, done));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|file| walk(file, arrows, &mut Vec::new(), &mut done))
}
