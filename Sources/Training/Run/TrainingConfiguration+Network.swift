import Datasets
import NeuralNetwork

extension TrainingConfiguration {
    /// A new network for the data set, whose images the layers fit.
    func makeNetwork(for dataset: Dataset) -> Network {
        do {
            return try Network(
                input: dataset.train.shape, hidden: hiddenLayers, classes: dataset.classNames.count, seed: seed,
                activation: activation, initialization: initialization)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// What changes the images of the data set before they are trained on; nil where they are trained on as they are.
    public func makeDistorter(for dataset: Dataset) -> Distorter? {
        distortion.map {
            Distorter($0, height: dataset.train.height, width: dataset.train.width, seed: seed)
        }
    }

    /// What keeps a run with a new network from beginning on a data set: the first setting that is out of its limits or
    /// does not fit the images or the machine; nil where nothing does.
    ///
    /// - Parameter memory: of the machine, in bytes.
    public func problem(on dataset: Dataset, memory: Double = MemoryNeed.available) -> SettingProblem? {
        if let problem = problem ?? imageProblem(on: dataset) { return problem }
        let need: Double
        do {
            need = try MemoryNeed(of: self, on: dataset).bytes
        } catch {
            return SettingProblem(name: "layers: \(error.layer)", expected: error.expected, found: error.found)
        }
        guard need > memory else { return nil }
        return SettingProblem(
            name: "layers", expected: "a network that \(MemoryNeed.text(memory)) of memory hold",
            found: "one that needs about \(MemoryNeed.text(need))")
    }

    /// What does not fit the images whatever the network is: nil where all does.
    public func imageProblem(on dataset: Dataset) -> SettingProblem? {
        let (height, width, sides) = (dataset.train.height, dataset.train.width, Distorter.sides)
        guard distortion != nil, !sides.contains(height) || !sides.contains(width) else { return nil }
        return SettingProblem(
            name: "distort", expected: "images of at most \(sides.upperBound) pixels a side",
            found: "\(height) × \(width)")
    }
}
