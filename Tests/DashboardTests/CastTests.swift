import Foundation
import Testing

@testable import Dashboard

/// Lines of a recording, as players read them.
@Suite struct CastTests {
    private func json(_ line: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: try JSONEncoder().encode(line))
    }

    @Test(arguments: [(Appearance.Background.dark, "#16161c"), (.light, "#ffffff")])
    func theHeaderHasTheColoursOfTheGround(background: Appearance.Background, ground: String) throws {
        let header = Cast.Header(width: 100, height: 30, timestamp: 7, Appearance(background: background))
        let line = try #require(try json(header) as? [String: Any])
        #expect(line["version"] as? Int == 2 && line["width"] as? Int == 100 && line["height"] as? Int == 30)
        let theme = try #require(line["theme"] as? [String: String])
        #expect(theme["bg"] == ground && theme["fg"] != ground)
        #expect(theme["palette"]?.split(separator: ":").count == 16)
    }

    @Test func eventsAreTimeKindAndData() throws {
        let output = try #require(try json(Cast.Event.output("a\u{1B}[m", at: 1.23456)) as? [Any])
        #expect(output[0] as? Double == 1.235 && output[1] as? String == "o" && output[2] as? String == "a\u{1B}[m")
        let resize = try #require(try json(Cast.Event.resize(width: 120, height: 40, at: 2)) as? [Any])
        #expect(resize[1] as? String == "r" && resize[2] as? String == "120x40")
    }
}
