import Foundation

/// Numbers as people read them, in widths that do not jump.
enum Format {
    /// C's `printf`. A screen has a hundred numbers, and `String(format:)` takes a fifth of the time of drawing it.
    static func printf(_ format: String, _ arguments: any CVarArg...) -> String {
        withVaList(arguments) { arguments in
            // Long enough for any double but those of over a hundred digits, which are cut off.
            String(unsafeUninitializedCapacity: 128) { buffer in
                buffer.withMemoryRebound(to: CChar.self) { buffer in
                    guard let start = buffer.baseAddress else { return 0 }
                    let length = Int(vsnprintf(start, buffer.count, format, arguments))
                    return min(max(length, 0), buffer.count - 1)
                }
            }
        }
    }

    /// "97.8%"
    static func percent(_ share: Double, decimals: Int = 1) -> String {
        printf("%.\(decimals)f%%", share * 100)
    }

    /// Three significant digits: "0.0318", "2.30", "5.1e-05".
    static func significant(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "no number" : "infinite" }
        guard value != 0 else { return "0" }
        let exponent = Int(log10(abs(value)).rounded(.down))
        return exponent < -4 || exponent > 5
            ? printf("%.1e", value) : printf("%.\(max(0, 2 - exponent))f", value)
    }

    /// At most five characters and a sign: "0.052", "2e-4".
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "inf" }
        if value < 0 { return "-" + short(-value) }
        if value == 0 { return "0" }
        guard value < 0.001 || value >= 100 else { return printf("%.3f", value).prefix(5).description }
        // C writes "2e-04" and "1e+02".
        let digits = printf("%.0e", value).split(separator: "e")
        return "\(digits[0])e\(Int(digits[1]) ?? 0)"
    }

    /// Up to three significant digits in at most six characters: "0.05", "0.125", "5e-5".
    static func brief(_ value: Double) -> String {
        let text = printf("%.3g", value)
        if text.count <= 6, !text.contains("e") { return text }
        let parts = printf("%.1e", value).replacing(".0e", with: "e").split(separator: "e")
        return "\(parts[0])e\(Int(parts[1]) ?? 0)"
    }

    /// "950", "402k", "1.2M", right-aligned in four characters.
    static func count(_ value: Double) -> String {
        switch value {
        case ..<1000: printf("%4.0f", value)
        case ..<999_500: printf("%3.0fk", value / 1000)
        default: printf("%3.1fM", value / 1_000_000)
        }
    }

    /// 109386 → "109,386"
    static func grouped(_ value: Int) -> String {
        var text = ""
        for (index, digit) in String(abs(value)).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// "0:07", "1:02:33"
    static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 359_999).rounded(.up))
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0
            ? printf("%d:%02d:%02d", hours, minutes, whole % 60)
            : printf("%d:%02d", minutes, whole % 60)
    }
}

extension String {
    /// Right-aligned in at least `width` characters.
    func padded(to width: Int) -> String {
        String(repeating: " ", count: max(width - unicodeScalars.count, 0)) + self
    }

    /// What is too long ends in "…".
    func cut(to width: Int) -> String { unicodeScalars.count <= width ? self : fitted(to: width) }

    /// Left-aligned in exactly `width` characters; what is too long ends in "…".
    func fitted(to width: Int) -> String {
        let length = unicodeScalars.count
        if length <= width { return self + String(repeating: " ", count: width - length) }
        return width <= 0 ? "" : String(String.UnicodeScalarView(unicodeScalars.prefix(width - 1))) + "…"
    }
}
