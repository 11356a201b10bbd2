import Dashboard
import Foundation
import Testing

/// Compares a screen with its picture in `Pictures/`. With INKLING_RECORD=1 in the environment it writes the picture
/// instead, and fails, so that nobody takes a recording for a test.
func expectPicture(
    _ name: String, of state: State, width: Int, height: Int, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let grid = render(state, width: width, height: height)
    try expectPicture("\(name)-\(width)x\(height)", grid.text, sourceLocation: sourceLocation)
}

func expectPicture(_ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Pictures/\(name).txt")
    if ProcessInfo.processInfo.environment["INKLING_RECORD"] != nil {
        try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
        Issue.record("recorded \(name)", sourceLocation: sourceLocation)
        return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(text + "\n" == expected, "the screen differs from \(name).txt", sourceLocation: sourceLocation)
}
