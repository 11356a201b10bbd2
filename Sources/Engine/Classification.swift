import NeuralNetwork

/// What a network makes of labelled images.
public struct Classification: Sendable, Equatable {
    /// The most probable class of each image, the lowest where some are equal, `[count]`.
    public private(set) var predictions: [UInt8]
    /// The probability of that class, 0…1, `[count]`.
    public private(set) var confidences: [Float]
    /// The cross-entropy of each image in nats, `[count]`.
    public private(set) var losses: [Float]

    /// - Parameter exchange: with the other ranks, which classify the same images; nil for all of the work.
    public init(of images: ImageBatch, by network: Network, pool: WorkerPool, exchange: (any Exchange)? = nil) {
        predictions = Array(repeating: 0, count: images.count)
        confidences = Array(repeating: 0, count: images.count)
        losses = Array(repeating: 0, count: images.count)
        // Few enough for the activations to stay in the first caches.
        let rowsPerBlock = 64
        let share = exchange?.share ?? .whole
        let own = share.rows(of: images.count)
        let passes = (0..<pool.threads).map { _ in
            Stages(
                of: network, shards: Shard.whole(outputs: network.layers[0].outputs), skipsZeros: images.lit != nil,
                StageOptions(capacity: rowsPerBlock))
        }
        // Nothing writes to them.
        let places = network.parameters.matrices.map {
            ParameterPlace(values: UnsafeMutablePointer(mutating: $0.elementsPointer))
        }
        predictions.withUnsafeMutableBufferPointer { predictions in
            confidences.withUnsafeMutableBufferPointer { confidences in
                losses.withUnsafeMutableBufferPointer { losses in
                    // Safe, because each block writes its own rows, and all are done before `run` returns.
                    nonisolated(unsafe) let (images, predictions, confidences, losses) = (
                        images, predictions, confidences, losses
                    )
                    pool.run(blocks: (own.count + rowsPerBlock - 1) / rowsPerBlock) { block, thread in
                        let pass = passes[thread]
                        let first = own.lowerBound + block * rowsPerBlock
                        let part = images[first..<min(first + rowsPerBlock, own.upperBound)]
                        pass.forward(part, places)
                        for row in 0..<part.count {
                            predictions[first + row] = UInt8(pass.loss.predictions[row])
                            confidences[first + row] = pass.loss.confidence(row)
                            losses[first + row] = pass.loss.losses[row]
                        }
                    }
                    guard let exchange, let predictions = predictions.baseAddress,
                        let confidences = confidences.baseAddress, let losses = losses.baseAddress
                    else { return }
                    let rows = share.all.map { $0.rows(of: images.count) }
                    exchange.begin(
                        [SharedRows(predictions), SharedRows(confidences), SharedRows(losses)].map { $0.memory(rows) })
                    exchange.finishFirst()
                }
            }
        }
    }
}
