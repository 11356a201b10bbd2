import Foundation
import TestSupport
import Testing

@testable import Dashboard

/// Compares a screen with its pictures in `Pictures/`: NAME.txt has its characters, NAME.styles the style of each, a
/// letter a cell and what the letters stand for. With INKLING_RECORD=1 in the environment it writes the pictures
/// instead, and fails, so that nobody takes a recording for a test.
func expectPicture(
    _ name: String, of state: State, width: Int, height: Int, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let grid = render(state, width: width, height: height)
    let name = "\(name)-\(width)x\(height)"
    try expectPicture(name, grid.text, sourceLocation: sourceLocation)
    try expectFile("\(name).styles", grid.styles, sourceLocation: sourceLocation)
}

func expectPicture(_ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try expectFile("\(name).txt", text, sourceLocation: sourceLocation)
}

/// Compares what many screens looked like, a line for some of them each, with what was recorded.
func expectLooks(_ name: String, _ lines: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    // Some digits that are shown are other ones with other kernels.
    guard kernelsAreFused else { return }
    try expectPicture(name, lines.joined(separator: "\n"), sourceLocation: sourceLocation)
}

private func expectFile(_ name: String, _ text: String, sourceLocation: SourceLocation) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Pictures/\(name)")
    if ProcessInfo.processInfo.environment["INKLING_RECORD"] != nil {
        try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
        Issue.record("recorded \(name)", sourceLocation: sourceLocation)
        return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(text + "\n" == expected, "the screen differs from \(name)", sourceLocation: sourceLocation)
}

extension CellGrid {
    /// A letter for the style of each cell, row by row, blanks at the ends of lines left out; then the styles by letter.
    /// Plain cells, and those without a character and a ground, are blank.
    fileprivate var styles: String {
        let letters = Array(UInt32(0x61)...0x7A) + Array(0x41...0x5A) + Array(0xC0...0x24F)
        var known: [Style: Unicode.Scalar] = [:]
        var legend: [String] = []
        let lines = (0..<height).map { y in
            var line = String.UnicodeScalarView()
            for x in 0..<width {
                let cell = self[x, y]
                let isBlank = cell.character == " " && cell.style.paper == .standard && !cell.style.reverse
                guard cell.style != .plain, !isBlank else {
                    line.append(" ")
                    continue
                }
                if known[cell.style] == nil {
                    let letter = Unicode.Scalar(letters[min(known.count, letters.count - 1)]) ?? "?"
                    known[cell.style] = letter
                    legend.append("\(letter) \(cell.style.words)")
                }
                line.append(known[cell.style] ?? "?")
            }
            while line.last == " " { line.removeLast() }
            return String(line)
        }
        return (lines + [""] + legend).joined(separator: "\n")
    }
}

extension Style {
    /// "value on bar, bold"
    fileprivate var words: String {
        let ground = paper == .standard ? "" : " on \(paper)"
        return "\(ink)\(ground)\(bold ? ", bold" : "")\(reverse ? ", reverse" : "")"
    }
}
