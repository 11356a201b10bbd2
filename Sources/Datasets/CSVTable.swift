import Files
import Foundation

/// A table of images as Kaggle has them: a row for each, its label and its pixels row by row, separated by commas,
/// semicolons or tabs; with a line of headings or without, the label first or last, or wherever the heading says so.
struct CSVTable {
    /// nil where the rows have no labels, as in the test set of a competition.
    let images: LabelledPixels?

    /// What a heading calls the label, and what it calls columns that say nothing of the image.
    private static let labelHeadings: Set = ["label", "labels", "class", "target", "digit", "y"]
    private static let otherHeadings: Set = ["", "id", "index", "imageid", "unnamed: 0"]

    /// A longer line is none of a table of images.
    private static let longestLine = 1 << 20

    /// - Throws: `DatasetError` that names the file and the first line that is wrong.
    init(file path: String, progress: ReadingProgress = { _ in }) throws(DatasetError) {
        let source = try openByteSource(path)
        var rows: Rows?
        var (number, isFirst) = (0, true)
        var rest: [UInt8] = []
        while true {
            let bytes = try source.take(1 << 20)
            let isEnd = bytes.count < 1 << 20
            let buffer = rest + bytes + (isEnd ? [UInt8(ascii: "\n")] : [])
            var start = 0
            while let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                number += 1
                var line = buffer[start..<end]
                start = end + 1
                if isFirst, line.starts(with: [0xef, 0xbb, 0xbf]) { line = line.dropFirst(3) }
                if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
                if line.isEmpty { continue }
                if isFirst {
                    rows = try Rows(
                        first: line, file: path,
                        expectedBytes: source.share > 0 ? Double(bytes.count) / source.share : 0)
                    isFirst = false
                    if rows?.hasHeading ?? false { continue }
                }
                try rows?.append(line, number: number)
            }
            rest = Array(buffer[start...])
            guard rest.count <= Self.longestLine else {
                throw DatasetError(
                    "\(path), line \(number + 1)",
                    .contents(expected: "a line of at most \(Self.longestLine) bytes", found: "a longer one"))
            }
            progress(source.share)
            if isEnd { break }
        }
        guard let rows, rows.count > 0 else {
            throw DatasetError(path, .contents(expected: "a row for each image", found: "none"))
        }
        images = try rows.images()
    }

    /// What was read so far.
    private struct Rows {
        let hasHeading: Bool
        private(set) var count = 0

        private let file: String
        private let separator: UInt8
        private let columns: Int
        /// Where the label is; nil where only the numbers can tell, first or last.
        private let labelColumn: Int?
        private let isLabelled: Bool
        private let isSkipped: [Bool]
        private var labels: [Double] = []
        /// Without a known place of the label, all but the ends of the rows, and the ends.
        private var pixels = PixelValues(NumberType(.float, size: 8))
        private var ends: (first: [Double], last: [Double]) = ([], [])
        /// How far the numbers at either end are from their neighbours, all together: the label is the stranger.
        private var strangeness = (first: 0.0, last: 0.0)
        /// Of the row in hand.
        private var row: [Double] = []

        init(first line: ArraySlice<UInt8>, file: String, expectedBytes: Double) throws(DatasetError) {
            self.file = file
            separator =
                [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].max { a, b in
                    line.count { $0 == a } < line.count { $0 == b }
                } ?? UInt8(ascii: ",")
            let cells = line.split(separator: separator, omittingEmptySubsequences: false)
                .map { Self.text($0).lowercased() }
            columns = cells.count
            let hasHeading = cells.contains { Double($0) == nil }
            self.hasHeading = hasHeading
            let found = hasHeading ? cells.firstIndex(where: CSVTable.labelHeadings.contains) : nil
            labelColumn = found
            isSkipped = cells.enumerated().map { place, heading in
                (hasHeading && CSVTable.otherHeadings.contains(heading)) || place == found
            }
            let others = isSkipped.filter { !$0 }.count
            // A row of pixels alone is as long as a picture has them.
            let isLabelled = found != nil || CSVTable.side(others) == nil
            self.isLabelled = isLabelled
            guard CSVTable.side(others - (isLabelled && found == nil ? 1 : 0)) != nil else {
                throw DatasetError(
                    "\(file), line 1",
                    .contents(
                        expected: "a label and the pixels of a square image, 785 columns for 28 × 28",
                        found: "\(columns) columns"))
            }
            if hasHeading { row.reserveCapacity(columns) }
            pixels.reserveCapacity(
                Int(min(expectedBytes / Double(max(line.count, 1)) * 1.05, 2e8 / Double(columns))) * columns)
        }

        mutating func append(_ line: ArraySlice<UInt8>, number: Int) throws(DatasetError) {
            try split(line, number: number)
            func problem(_ column: Int, _ expected: String) -> DatasetError {
                DatasetError(
                    "\(file), line \(number), column \(column + 1)",
                    .contents(expected: expected, found: PixelValues.words(row[column])))
            }
            do throws(PixelValues.Misfit) {
                if let labelColumn {
                    labels.append(row[labelColumn])
                    for column in 0..<columns where !isSkipped[column] { try pixels.append(row[column]) }
                } else if !isLabelled {
                    for column in 0..<columns where !isSkipped[column] { try pixels.append(row[column]) }
                } else {
                    let used = (0..<columns).filter { !isSkipped[$0] }
                    for column in used.dropFirst().dropLast() { try pixels.append(row[column]) }
                    let (first, last) = (row[used[0]], row[used[used.count - 1]])
                    ends.first.append(first)
                    ends.last.append(last)
                    strangeness.first += abs(first - row[used[1]])
                    strangeness.last += abs(last - row[used[used.count - 2]])
                }
            } catch {
                let misfit = row.indices.first { !isSkipped[$0] && !(0...255).contains(row[$0]) }
                throw problem(misfit ?? 0, "a pixel from 0 to 255")
            }
            count += 1
        }

        /// The numbers of a line.
        private mutating func split(_ line: ArraySlice<UInt8>, number: Int) throws(DatasetError) {
            row.removeAll(keepingCapacity: true)
            var place = line.startIndex
            while true {
                // Digits alone, as nearly all cells are, need no other way.
                var (value, digits) = (0, 0)
                while place < line.endIndex, case let digit = line[place] &- 48, digit < 10, digits < 9 {
                    value = value * 10 + Int(digit)
                    digits += 1
                    place += 1
                }
                if digits > 0, place == line.endIndex || line[place] == separator {
                    row.append(Double(value))
                } else {
                    let start = place - digits
                    let end = line[place...].firstIndex(of: separator) ?? line.endIndex
                    let text = Self.text(line[start..<end])
                    guard let value = Double(text) else {
                        throw DatasetError(
                            "\(file), line \(number), column \(row.count + 1)",
                            .contents(expected: "a number", found: "\"\(text.prefix(40))\""))
                    }
                    row.append(value)
                    place = end
                }
                if place == line.endIndex { break }
                place += 1
            }
            guard row.count == columns else {
                throw DatasetError(
                    "\(file), line \(number)",
                    .contents(expected: "\(columns) columns, as in the first line", found: "\(row.count)"))
            }
        }

        /// Without blanks and quotation marks around it.
        private static func text(_ cell: ArraySlice<UInt8>) -> String {
            String(decoding: cell, as: UTF8.self).trimmingCharacters(in: .whitespaces.union(.init(charactersIn: "\"")))
        }

        /// Puts together what was read; nil without labels.
        func images() throws(DatasetError) -> LabelledPixels? {
            guard isLabelled else { return nil }
            guard labelColumn == nil else { return try images(pixels.bytes, labels) }
            // Labels are all numbers from the first to the last; where that tells nothing, the stranger among the pixels.
            let (first, last) = (Self.areLabels(ends.first), Self.areLabels(ends.last))
            let isFirst = first == last ? strangeness.first >= strangeness.last : first
            let (labels, others) = isFirst ? (ends.first, ends.last) : (ends.last, ends.first)
            var all = pixels
            for (row, other) in others.enumerated() {
                do throws(PixelValues.Misfit) { try all.append(other) } catch {
                    throw DatasetError(
                        file, .contents(expected: "pixels from 0 to 255", found: "\(error.words) in row \(row + 1)"))
                }
            }
            let inner = all.bytes.count / count - 1
            var pixels: [UInt8] = []
            pixels.reserveCapacity(all.bytes.count)
            for row in 0..<count {
                let middle = all.bytes[row * inner..<(row + 1) * inner]
                let end = all.bytes[count * inner + row]
                if isFirst {
                    pixels += middle
                    pixels.append(end)
                } else {
                    pixels.append(end)
                    pixels += middle
                }
            }
            return try images(pixels, labels)
        }

        /// Whether each number from 0 or 1 to the highest is among some, and no other.
        private static func areLabels(_ numbers: [Double]) -> Bool {
            let kinds = Set(numbers)
            guard kinds.count > 1, let least = kinds.min(), let most = kinds.max() else { return false }
            return (least == 0 || least == 1) && most == least + Double(kinds.count - 1)
                && kinds.allSatisfy { $0 == $0.rounded() }
        }

        private func images(_ pixels: [UInt8], _ numbers: [Double]) throws(DatasetError) -> LabelledPixels {
            let labels = numbers.map { Int(exactly: $0) ?? -1 }
            if let index = labels.firstIndex(where: { !(0...LabelledPixels.mostClasses).contains($0) }) {
                throw DatasetError(
                    file,
                    .contents(
                        expected: "labels from 0 to \(LabelledPixels.mostClasses - 1)",
                        found: "\(PixelValues.words(numbers[index])) in row \(index + 1)"))
            }
            let side = CSVTable.side(pixels.count / max(count, 1)) ?? 1
            return LabelledPixels(width: side, height: side, pixels: pixels, labels: labels, file: file)
        }
    }

    /// Of a square image of so many pixels; nil where there is none, or none that is of any use.
    private static func side(_ pixels: Int) -> Int? {
        let side = Int(Double(max(pixels, 0)).squareRoot().rounded())
        return side >= 2 && side * side == pixels ? side : nil
    }
}
