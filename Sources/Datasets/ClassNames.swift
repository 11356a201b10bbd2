import Foundation

/// What the classes of a data set are called, and which label in its files the first of them has.
struct ClassNames: Sendable, Equatable {
    /// One for each class, 1 to 256.
    let names: [String]
    /// 0, or 1 as in EMNIST's letters.
    let firstLabel: Int
    /// Whether somebody named them; else they are called by their labels.
    let areGiven: Bool

    private init(_ names: [String], firstLabel: Int) {
        (self.names, self.firstLabel, areGiven) = (names, firstLabel, true)
    }

    /// Without names, the classes are called by their labels: from 1 where that is the lowest, else from 0, to the highest, and at least two.
    init(numbers labels: [Int]) {
        firstLabel = labels.min() == 1 ? 1 : 0
        let most = firstLabel + LabelledPixels.mostClasses - 1
        let last = min(max(labels.max() ?? 0, firstLabel + 1), most)
        names = (firstLabel...last).map(String.init)
        areGiven = false
    }

    init(_ names: [String]) { self.init(names, firstLabel: 0) }

    /// Reads a file with a name a line, or one of EMNIST's mappings, `0 48`: a class and what it is in Unicode, of which
    /// the first counts where there are more (EMNIST's letters are large and small).
    ///
    /// - Parameter labels: those of the images; names for all but 0 are names of labels from 1 on.
    init(file: String, labels: [Int]) throws(DatasetError) {
        let bytes = try InputFile(file).take(1 << 20)
        let lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        )
        .map { $0.trimmingCharacters(in: .whitespaces.union(.init(charactersIn: "\u{FEFF}"))) }
        let isMapping = file.hasSuffix("mapping.txt")
        let filled = lines.prefix((lines.lastIndex { !$0.isEmpty } ?? -1) + 1)
        var names: [String] = []
        var first = 0
        for (number, line) in filled.enumerated() {
            func problem(_ expected: String) -> DatasetError {
                DatasetError(
                    "\(file), line \(number + 1)", .contents(expected: expected, found: "\"\(line.prefix(40))\""))
            }
            guard isMapping else {
                guard !line.isEmpty else { throw problem("the name of a class") }
                names.append(Self.shown(line, label: number))
                continue
            }
            let numbers = line.split(whereSeparator: \.isWhitespace).map { Int($0) }
            guard numbers.count >= 2, let label = numbers[0], let code = numbers[1], (0...0x10ffff).contains(code),
                let scalar = Unicode.Scalar(UInt32(code))
            else { throw problem("a class and its character, as in \"0 48\"") }
            if names.isEmpty { first = label }
            guard (0...1).contains(first), label == first + names.count else {
                throw problem("class \(names.isEmpty ? "0 or 1" : "\(first + names.count)")")
            }
            names.append(Self.shown(String(scalar), label: label))
        }
        guard (1...LabelledPixels.mostClasses).contains(names.count) else {
            throw DatasetError(
                file,
                .contents(
                    expected: "the names of 1 to \(LabelledPixels.mostClasses) classes, one a line",
                    found: "\(names.count)"))
        }
        if !isMapping, labels.min() == 1, labels.max() == names.count { first = 1 }
        self.init(names, firstLabel: first)
    }

    /// What takes one cell of a screen for each character; a name with others is replaced by the label.
    static func shown(_ name: String, label: Int) -> String {
        let name = name.precomposedStringWithCanonicalMapping.prefix(60)
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .nonspacingMark, .enclosingMark, .surrogate, .unassigned, .lineSeparator,
                .paragraphSeparator:
                return false
            default:
                // Wide characters begin with those of Korean; a few blocks of narrow ones are above.
                return scalar.value < 0x1100 || (0x1e00..<0x2e80).contains(scalar.value)
            }
        }
        return isPlain && !name.isEmpty ? String(name) : "\(label)"
    }
}
