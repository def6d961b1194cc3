//! A table with aligned columns, in Markdown.

/// Rows under a head. The first column is left-aligned, the others right-aligned.
pub struct Table(Vec<Vec<String>>);

impl Table {
    pub fn new<const N: usize>(head: [&str; N]) -> Self {
        Self(vec![head.map(str::to_owned).to_vec()])
    }

    pub fn add_row<const N: usize>(&mut self, cells: [String; N]) {
        self.0.push(cells.to_vec());
    }

    /// Adds a row with text and no figures.
    pub fn add_row_without_figures(&mut self, text: String) {
        let columns = self.0.first().map_or(1, Vec::len);
        let mut cells = vec!["-".to_owned(); columns];
        cells[0] = text;
        self.0.push(cells);
    }

    pub fn render(&self) -> String {
        let width = |column: usize| {
            let cells = self.0.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.0.first().map_or(0, Vec::len)).map(width).collect();
        let mut lines: Vec<String> = self.0.iter().map(|row| line(row, &widths)).collect();
        lines.insert(1, rule(&widths));
        lines.join("\n") + "\n"
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).enumerate();
    let cells = cells.map(|(column, (cell, &width))| match column {
        0 => format!("| {cell:<width$} "),
        _ => format!("| {cell:>width$} "),
    });
    cells.collect::<String>() + "|"
}

fn rule(widths: &[usize]) -> String {
    let cells = widths
        .iter()
        .enumerate()
        .map(|(column, &width)| match column {
            0 => format!("|-{:-<width$}-", ""),
            _ => format!("|-{:-<width$}:", ""),
        });
    cells.collect::<String>() + "|"
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(["what", "ms"]);
        table.add_row(["Größe".to_owned(), "12.5".to_owned()]);
        table.add_row_without_figures("nothing here".to_owned());
        let expected = "\
| what         |   ms |
|--------------|-----:|
| Größe        | 12.5 |
| nothing here |    - |
";
        assert_eq!(table.render(), expected);
    }
}
