/// A recording of a session in the format of asciinema, version 2: a line of JSON about it, then one for each thing that
/// happened. Source: https://docs.asciinema.org/manual/asciicast/v2
public enum Cast {
    public struct Header: Encodable {
        let version = 2
        let width, height: Int
        /// Of its start, in seconds since 1970.
        let timestamp: Int
        let title = "inkling"
        let env = ["TERM": "xterm-256color"]
        let theme: Theme

        public init(width: Int, height: Int, timestamp: Int, _ appearance: Appearance) {
            (self.width, self.height, self.timestamp) = (width, height, timestamp)
            theme = Theme(appearance.background)
        }
    }

    /// What the terminal's own colours are.
    struct Theme: Encodable {
        let fg, bg, palette: String

        init(_ background: Appearance.Background) {
            (bg, fg) = ScreenColor.standard(background)
            palette = ScreenColor.basic.joined(separator: ":")
        }
    }

    /// A line of the recording, `[seconds since its start, kind, data]`.
    public struct Event: Encodable {
        private let seconds: Double
        private let kind, data: String

        /// What the terminal was sent.
        public static func output(_ text: String, at seconds: Double) -> Event {
            Event(seconds: seconds, kind: "o", data: text)
        }

        /// A new size of the window.
        public static func resize(width: Int, height: Int, at seconds: Double) -> Event {
            Event(seconds: seconds, kind: "r", data: "\(width)x\(height)")
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode((seconds * 1000).rounded() / 1000)
            try container.encode(kind)
            try container.encode(data)
        }
    }
}
