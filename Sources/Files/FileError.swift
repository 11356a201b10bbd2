/// Why a file cannot be read or written. Its description is one line that names the file, what was expected and what
/// was found.
public struct FileError: Error, Equatable, CustomStringConvertible {
    public let file: String
    public let expected: String
    public let found: String

    public init(_ file: String, expected: String, found: String) {
        self.file = file
        self.expected = expected
        self.found = found
    }

    public var description: String {
        // Paths and names in a file may hold line feeds and escape sequences, also those that begin with a control
        // character beyond ASCII; a terminal must not see them.
        "\(file): expected \(expected), found \(found)".unicodeScalars
            .map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }
            .joined()
    }
}

/// A name out of a file, in quotes, short enough for a line.
package func quoted(_ name: String) -> String {
    name.count <= 60 ? "\"\(name)\"" : "\"\(name.prefix(60))…\""
}

/// "[128, 784]"
package func description(ofShape shape: [Int]) -> String {
    let sizes = shape.prefix(8).map(String.init) + (shape.count > 8 ? ["…"] : [])
    return "[" + sizes.joined(separator: ", ") + "]"
}

/// The product, or nil when it does not fit.
package func product(_ factors: [Int]) -> Int? {
    var product = 1
    for factor in factors {
        let (value, overflow) = product.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        product = value
    }
    return product
}
