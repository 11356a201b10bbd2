import NeuralNetwork
import Training

/// How to get a network that reads better than a dense one, for those who do not know yet.
enum BetterNetwork {
    /// The ways to say it, the longest first; none where such a network runs already, or does not fit the images.
    static func lines(_ snapshot: TrainingSnapshot) -> [String] {
        let recipe = TrainingConfiguration(.lenet, dataset: snapshot.dataset.name)
        guard snapshot.now.network.mapLayers.isEmpty, snapshot.configuration.distortion == nil,
            (try? HiddenLayer.outputs(of: recipe.hiddenLayers, input: snapshot.dataset.train.shape)) != nil
        else { return [] }
        let command = "inkling --network \(Recipe.lenet.rawValue)"
        return ["for a network that reads better: \(command)", "a better network: \(command)", "better: \(command)"]
    }
}
