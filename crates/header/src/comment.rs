//! Comments: read as cbindgen writes them, and written in as few lines as they fit.

/// Columns of the header.
pub const WIDTH: usize = 100;

/// The paragraphs of a comment, up to the line that ends it.
pub fn read<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut begins = true;
    for line in lines.take_while(|line| *line != "*/") {
        let text = line.trim_start_matches('*').trim();
        if text.is_empty() {
            begins = true;
            continue;
        }
        match paragraphs.last_mut().filter(|_| !begins && !text.starts_with('@')) {
            Some(paragraph) => *paragraph += &format!(" {text}"),
            None => paragraphs.push(text.to_owned()),
        }
        begins = false;
    }
    paragraphs
}

/// Writes a comment; none for no paragraphs.
pub fn write(paragraphs: &[String], indent: &str, out: &mut String) {
    if paragraphs.is_empty() {
        return;
    }
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        // What `@param` says stands under itself.
        let hanging = if paragraph.starts_with('@') { "    " } else { "" };
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let room = WIDTH - indent.len() - "/** ".len();
            if !line.is_empty() && line.len() + 1 + word.len() > room {
                lines.push(std::mem::take(&mut line));
                line += hanging;
            }
            if !line.trim().is_empty() {
                line.push(' ');
            }
            line += word;
        }
        lines.push(line);
    }
    for (at, line) in lines.iter().enumerate() {
        let begin = if at == 0 { "/** " } else { " *  " };
        *out += &format!("{indent}{begin}{line}");
        let ends = at + 1 == lines.len();
        if ends && indent.len() + begin.len() + line.chars().count() + " */".len() <= WIDTH {
            *out += " */";
        } else if ends {
            *out += &format!("\n{indent} */");
        }
        out.push('\n');
    }
}
