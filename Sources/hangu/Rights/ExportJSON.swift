import Gateway
import JSONText

/// An export as one JSON object: `about`, then an array for each section.
final class ExportJSON: ExportSink {
    private let file: ExportFile
    private var section: ExportSection?

    init(_ file: ExportFile) { self.file = file }

    func take(_ part: ExportPart) throws {
        let text = part.value.canonicalText
        switch part.section {
        case .about: try file.write("{\"format\":\"hangu/subject-export/1\",\"about\":\(text)")
        case .end:
            try open(sectionsBefore: .end)
            try file.write("\n]}\n")
            try file.finish()
        default:
            if section == part.section {
                try file.write(",\n" + text)
            } else {
                try open(sectionsBefore: part.section)
                try file.write("\n" + text)
            }
        }
    }

    /// Opens the arrays up to a section's own; one without elements stands there empty.
    private func open(sectionsBefore next: ExportSection) throws {
        let all = ExportSection.allCases.filter { $0 != .about && $0 != .end }
        let done = section.flatMap { all.firstIndex(of: $0) } ?? -1
        let end = all.firstIndex(of: next) ?? all.count - 1
        guard end > done else { return }
        for index in (done + 1)...end {
            try file.write((index == 0 ? "" : "\n]") + ",\"\(all[index].rawValue)\":[")
        }
        section = all[end]
    }
}
