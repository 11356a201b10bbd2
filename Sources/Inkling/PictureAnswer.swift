import Datasets
import NeuralNetwork

/// What a network reads in a picture in which digits were found.
struct PictureAnswer: Encodable {
    /// One of the digits.
    struct Digit: Encodable {
        /// In pixels of the file as it stands upright, from its upper left corner.
        struct Place: Encodable { let x: Int, y: Int, width: Int, height: Int }

        let prediction: Int
        /// What that class is called, where it is not by its number.
        let name: String?
        let probabilities: [Float]
        /// Whether it is like anything that the network has learnt; nil where the network was not calibrated.
        let accepted: Bool?
        let box: Place
    }

    let file: String
    let index: Int?
    /// All digits, a line of text for each line of them.
    let text: String
    let digits: [Digit]
    let calibrated: Bool
    /// Of the digit, where there is but one.
    let prediction: Int?
    let probabilities: [Float]?
    let accepted: Bool?

    /// nil where a part of the picture has no box, as where all of it is meant.
    init?(_ answers: [[Answer]], of picture: PictureToRead) {
        let pairs = zip(answers.joined(), picture.lines.joined())
        digits = pairs.compactMap { answer, part in
            part.box.map { box in
                Digit(
                    prediction: answer.prediction, name: answer.name, probabilities: answer.probabilities,
                    accepted: answer.accepted,
                    box: .init(x: box.left, y: box.top, width: box.width, height: box.height))
            }
        }
        guard digits.count == picture.lines.joined().count else { return nil }
        file = picture.file
        index = picture.index
        text = Self.text(answers)
        let only = digits.count == 1 ? digits.first : nil
        prediction = only?.prediction
        probabilities = only?.probabilities
        accepted = only?.accepted
        calibrated = answers.joined().allSatisfy(\.calibrated)
    }

    /// A line of text for each line of answers.
    static func text(_ answers: [[Answer]]) -> String {
        answers.map { line in line.map(\.title).joined() }.joined(separator: "\n")
    }
}
