import Dashboard

/// Asking a terminal for the colour of its background: xterm's operating system command 11, which most understand.
struct BackgroundQuery {
    static let question = "\u{1B}]11;?\u{1B}\\"
    /// How long the first picture waits for the answer. One that comes later counts, too.
    static let patience = Duration.milliseconds(30)
    /// How long a session that ends at once waits, so that no answer is left to whoever reads the terminal next.
    static let longestDelay = Duration.milliseconds(300)

    private let asked = ContinuousClock.now
    private(set) var isAnswered = false

    /// What is left of a time since the question; nil when it is over or there is an answer.
    func left(of time: Duration) -> Duration? {
        let left = asked + time - .now
        return isAnswered || left <= .zero ? nil : left
    }

    /// The background that a command tells, "11;rgb:ffff/ffff/dddd" with one to four digits for a colour; nil for
    /// others, and once there was an answer.
    mutating func background(_ command: String) -> Appearance.Background? {
        guard !isAnswered, command.hasPrefix("11;rgb") else { return nil }
        let channels = (command.split(separator: ":").last ?? "").split(separator: "/").prefix(3).map { digits in
            Int(digits, radix: 16).map { Double($0) / Double((1 << (4 * digits.count)) - 1) }
        }
        guard channels.count == 3, let red = channels[0], let green = channels[1], let blue = channels[2] else {
            return nil
        }
        isAnswered = true
        // The luma of ITU-R BT.601.
        return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 ? .light : .dark
    }
}
