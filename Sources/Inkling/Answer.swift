import Foundation
import NeuralNetwork
import Training

/// What a network makes of a picture or a drawing.
struct Answer: Encodable {
    /// The most probable class, counted from 0.
    let prediction: Int
    /// What that class is called, where it is not by its number.
    let name: String?
    /// One for each class, 0…1.
    let probabilities: [Float]
    /// Whether it is like anything that the network has learnt; nil where the network was not calibrated.
    let accepted: Bool?
    let calibrated: Bool
    /// Where the picture is from; nil for a drawing.
    let file: String?
    let index: Int?

    private let names: [String]

    private enum CodingKeys: CodingKey { case prediction, name, probabilities, accepted, calibrated, file, index }

    /// - Parameters:
    ///   - pixels: as many as the network has inputs.
    ///   - names: as many as it has outputs.
    init(
        of network: Network, _ calibration: Calibration?, on pixels: [UInt8], names: [String], file: String? = nil,
        index: Int? = nil
    ) {
        self.init(Calibration.Reading(of: pixels, by: network, calibration), names: names, file: file, index: index)
    }

    init(_ reading: Calibration.Reading, names: [String], file: String? = nil, index: Int? = nil) {
        (prediction, probabilities) = (reading.answer, reading.probabilities)
        (accepted, calibrated) = (reading.isAccepted, reading.isCalibrated)
        self.names = names
        name = names[prediction] == "\(prediction)" ? nil : names[prediction]
        self.file = file
        self.index = index
    }

    /// What the most probable class is called.
    var title: String { names[prediction] }

    /// - Parameter refusal: what an image shows that is like none of the data set.
    func text(refusal: String) -> String {
        let read = "\(title) (\(String(format: "%.1f", probabilities[prediction] * 100))%)"
        return accepted == false ? "This looks like \(refusal) (nearest: \(read))" : "Prediction: \(read)"
    }

    /// What was read, and beside it a title and the three most probable classes.
    func table(_ part: PictureToRead.Part, title: String, refusal: String, _ abilities: TableAbilities) -> String {
        let top = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }.prefix(3)
        let names = top.map { self.names[$0] }
        let width = names.map(\.count).max() ?? 0
        var beside = [title, ""]
        for (label, name) in zip(top, names) {
            let bar = String(repeating: abilities.isUTF8 ? "█" : "#", count: Int((probabilities[label] * 20).rounded()))
            let padding = String(repeating: " ", count: width - name.count)
            beside.append("\(name)\(padding)  \(String(format: "%5.1f%%", probabilities[label] * 100))  \(bar)")
        }
        if accepted == false { beside[1] = "This looks like \(refusal) (nearest: \(names[0]))" }
        let lines = HalfBlocks.lines(of: part.pixels, width: part.width, abilities)
        return (0..<max(lines.count, beside.count)).map { row in
            let left = row < lines.count ? lines[row] : String(repeating: " ", count: part.width)
            return row < beside.count ? left + "  " + beside[row] : left
        }.joined(separator: "\n") + "\n"
    }
}
