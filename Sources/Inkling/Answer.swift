import Foundation
import NeuralNetwork

/// What a network makes of a picture or a drawing.
struct Answer: Encodable {
    /// The most probable class, counted from 0.
    let prediction: Int
    /// What that class is called, where it is not by its number.
    let name: String?
    /// One for each class, 0…1.
    let probabilities: [Float]
    /// Where the picture is from; nil for a drawing.
    let file: String?
    let index: Int?

    private let names: [String]

    private enum CodingKeys: CodingKey { case prediction, name, probabilities, file, index }

    /// - Parameters:
    ///   - pixels: as many as the network has inputs.
    ///   - names: as many as it has outputs.
    init(of network: Network, on pixels: [UInt8], names: [String], file: String? = nil, index: Int? = nil) {
        let input = Matrix(rows: 1, columns: pixels.count, pixels.map { Float($0) / 255 })
        probabilities = SoftmaxCrossEntropy.softmax(network.logits(input)).elements
        let prediction = probabilities.indices.reduce(0) { [probabilities] in
            probabilities[$1] > probabilities[$0] ? $1 : $0
        }
        self.prediction = prediction
        self.names = names
        name = names[prediction] == "\(prediction)" ? nil : names[prediction]
        self.file = file
        self.index = index
    }

    var text: String {
        "Prediction: \(names[prediction]) (\(String(format: "%.1f", probabilities[prediction] * 100))%)"
    }

    /// The picture, and beside it the three most probable classes.
    func table(_ picture: PictureToRead, _ abilities: TableAbilities) -> String {
        let top = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }.prefix(3)
        let names = top.map { self.names[$0] }
        let width = names.map(\.count).max() ?? 0
        // A name may hold escape sequences.
        let file = picture.file.filter { !$0.unicodeScalars.contains { $0.properties.generalCategory == .control } }
        var beside = [file + (picture.index.map { ", picture \($0)" } ?? ""), ""]
        for (label, name) in zip(top, names) {
            let bar = String(repeating: abilities.isUTF8 ? "█" : "#", count: Int((probabilities[label] * 20).rounded()))
            let padding = String(repeating: " ", count: width - name.count)
            beside.append("\(name)\(padding)  \(String(format: "%5.1f%%", probabilities[label] * 100))  \(bar)")
        }
        let lines = picture.halfBlocks(abilities)
        return (0..<max(lines.count, beside.count)).map { row in
            let left = row < lines.count ? lines[row] : String(repeating: " ", count: picture.width)
            return row < beside.count ? left + "  " + beside[row] : left
        }.joined(separator: "\n") + "\n"
    }
}
